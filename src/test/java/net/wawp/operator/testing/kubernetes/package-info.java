/** A real Kubernetes API server for tests and demo: where its programs come from, how it is started, what it saw. */
package net.wawp.operator.testing.kubernetes;
