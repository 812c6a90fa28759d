/** What an operator for the same resource looks like that is written from the framework's documented idioms, to measure ours beside it. */
package net.wawp.operator.bench.reference;
