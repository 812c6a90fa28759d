package net.wawp.operator.controller;

import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.session.Reason;

/** Where Events about resources go. Best effort: never throws. */
interface Events {

    void normal(WhatsAppSession about, Reason reason, String message);

    void warning(WhatsAppSession about, Reason reason, String message);
}
