/** The settings of the operator: environment variables, each declared once and validated before anything starts. */
package net.wawp.operator.config;
