package net.wawp.operator.session;

/**
 * The phone number of a WhatsApp account, to compare with another. It is personal data and never printed.
 *
 * @param digits with the country code, and nothing else
 */
public record PhoneNumber(String digits) {

    @Override
    public String toString() {
        return "PhoneNumber[redacted]";
    }
}
