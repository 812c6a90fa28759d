/** The times in which a session runs. */
package net.wawp.operator.schedule;
