/** How the operator talks to Wawp: the port {@link net.wawp.operator.wawp.WawpClient}, its HTTP adapter, and the limits around it. */
package net.wawp.operator.wawp;
