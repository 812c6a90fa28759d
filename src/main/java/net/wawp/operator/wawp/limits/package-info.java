/** Decorates the Wawp client with the limits of a token and the circuit breaker. */
package net.wawp.operator.wawp.limits;
