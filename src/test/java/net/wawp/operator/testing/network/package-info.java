/** What may stand between the operator and Wawp in a company's network: a proxy, and TLS with a certificate of the company's own. */
package net.wawp.operator.testing.network;
