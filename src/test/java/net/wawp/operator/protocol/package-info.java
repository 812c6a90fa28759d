/** The protocol of the operator as a model, apart from the code. */
package net.wawp.operator.protocol;
