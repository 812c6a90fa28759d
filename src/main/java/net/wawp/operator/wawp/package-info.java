/** Calls to Wawp: the port {@link net.wawp.operator.wawp.WawpClient} and its adapter for HTTP. */
package net.wawp.operator.wawp;
