/** The words of the domain and the one place that decides: pure values and functions of {@code java.*} alone. */
package net.wawp.operator.session;
