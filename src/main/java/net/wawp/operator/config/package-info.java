/** The settings of the operator: environment variables, each declared once, all judged before anything starts. */
package net.wawp.operator.config;
