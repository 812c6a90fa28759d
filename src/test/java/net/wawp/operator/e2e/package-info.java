/** The operator as users run it: the packaged jar in its own process, on a real API server, under the rights that the chart gives. */
package net.wawp.operator.e2e;
