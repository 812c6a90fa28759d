/** Whether the tests notice each break that PIT makes in the rules and guards. */
package net.wawp.operator.mutation;
