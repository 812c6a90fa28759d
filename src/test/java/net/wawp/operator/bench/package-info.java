/** Measures the packaged operator beside a reference operator, on a real API server and the Wawp simulator. */
package net.wawp.operator.bench;
