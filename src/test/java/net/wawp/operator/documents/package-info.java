/** The documents against the code: what they name is what there is. */
package net.wawp.operator.documents;
