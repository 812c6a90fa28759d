/** The way to pair that a person requested: made at Wawp, kept in a Secret, and taken back. */
package net.wawp.operator.pairing;
