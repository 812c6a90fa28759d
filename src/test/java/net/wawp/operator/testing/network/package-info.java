/** What may stand between the operator and Wawp: a company's proxy, TLS with a certificate of its own, and a line that breaks. */
package net.wawp.operator.testing.network;
