/** The HTTP server for probes and metrics. */
package net.wawp.operator.management;
