/**
 * A program that behaves as Wawp's public pages say, over real HTTP: for tests, the demo and the benchmark. It shares no type with the
 * operator, so that a mistake in one cannot hide in the other.
 */
package net.wawp.operator.simulator;
