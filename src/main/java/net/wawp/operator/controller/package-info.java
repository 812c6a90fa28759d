/** The bridge to Kubernetes: reads resources and Secrets, asks the policy, announces calls, writes the status. */
package net.wawp.operator.controller;
