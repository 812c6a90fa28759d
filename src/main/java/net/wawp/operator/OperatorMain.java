package net.wawp.operator;

/** Entry point of the operator. */
public final class OperatorMain {

    private OperatorMain() {}

    public static void main(String[] args) {}
}
