/** Polls all sessions from one event loop, keeps the last observation of each, and wakes the controller when something changed. Knows nothing of commands. */
package net.wawp.operator.poller;
