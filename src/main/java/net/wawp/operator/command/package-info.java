/** Sends announced calls that change a session: one lane per instance, each call once. */
package net.wawp.operator.command;
