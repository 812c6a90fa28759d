/** Polls all sessions from one event loop, keeps what was seen last, sends commands, and wakes the controller when something changed. */
package net.wawp.operator.poller;
