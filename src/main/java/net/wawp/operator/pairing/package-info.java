/** The way to pair that a person asked for: made at Wawp, kept in a Secret, and taken back. */
package net.wawp.operator.pairing;
