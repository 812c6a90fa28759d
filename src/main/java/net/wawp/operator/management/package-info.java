/** What the cluster asks the process over HTTP: is it alive, may it be relied on, what does it count. */
package net.wawp.operator.management;
