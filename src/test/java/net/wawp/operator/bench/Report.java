package net.wawp.operator.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The figures as a table, a chart and a list of all runs. */
final class Report {

    private static final int PANEL_WIDTH = 360;
    private static final int PANEL_HEIGHT = 200;
    private static final int BAR_SPACE = 120;
    private static final List<Metric> CHARTED =
            List.of(Metric.VmRss, Metric.Cores, Metric.OnTime, Metric.AllPolled, Metric.NewP50, Metric.NewP99);
    private static final List<String> COLOURS = List.of("#2b6cb0", "#c05621");

    private final Plan plan;
    private final List<Measured> measured;

    private Report(Plan plan, List<Measured> measured) {
        this.plan = plan;
        this.measured = measured;
    }

    static void write(Plan plan, List<Measured> measured, Path directory) throws IOException {
        Report report = new Report(plan, measured);
        Files.writeString(directory.resolve("results.md"), report.table());
        Files.writeString(directory.resolve("results.svg"), report.chart());
        Files.writeString(directory.resolve("runs.csv"), report.runs());
    }

    private List<Integer> sizes() {
        return measured.stream().map(Measured::size).distinct().toList();
    }

    private List<Double> figures(Contender contender, int size, Metric metric) {
        return measured.stream()
                .filter(one -> one.contender() == contender && one.size() == size)
                .flatMap(one -> Optional.ofNullable(one.figures().get(metric)).stream())
                .toList();
    }

    private static double worst(List<Double> figures, Metric metric) {
        Comparator<Double> order = Comparator.naturalOrder();
        return figures.stream().max(metric.lowIsGood ? order : order.reversed()).orElseThrow();
    }

    private String table() throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("Median (worst) of %d runs of each operator, in turn. Wawp answers after %d ms. %s, %s, %d cores.%n"
                .formatted(
                        plan.runs(),
                        plan.latency().toMillis(),
                        Contender.java(),
                        MemoryLimit.describe(),
                        Runtime.getRuntime().availableProcessors()));
        for (int size : sizes()) {
            text.append("%n## %,d sessions, polled every %d s%n%n"
                    .formatted(size, plan.interval(size).toSeconds()));
            text.append("| |");
            plan.contenders()
                    .forEach(one -> text.append(" %s |".formatted(one.name().toLowerCase(Locale.ROOT))));
            text.append("\n|---|");
            plan.contenders().forEach(one -> text.append("---|"));
            text.append('\n');
            for (Metric metric : Metric.values()) {
                text.append("| %s%s |".formatted(metric.label, metric.unit.isEmpty() ? "" : ", " + metric.unit));
                for (Contender contender : plan.contenders()) {
                    text.append(" %s |".formatted(cell(figures(contender, size, metric), metric)));
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static String cell(List<Double> figures, Metric metric) {
        return figures.isEmpty()
                ? "–"
                : "%s (%s)".formatted(shown(Benchmark.median(figures), metric), shown(worst(figures, metric), metric));
    }

    private static String shown(double figure, Metric metric) {
        return Double.isInfinite(figure) ? "none" : String.format(Locale.ROOT, "%,." + metric.digits + "f", figure);
    }

    private String runs() {
        List<String> lines = new ArrayList<>();
        lines.add("contender,size,run,metric,unit,figure");
        for (Measured one : measured) {
            one.figures()
                    .forEach((metric, figure) -> lines.add("%s,%d,%d,%s,%s,%s"
                            .formatted(one.contender(), one.size(), one.run(), metric, metric.unit, figure)));
        }
        return String.join("\n", lines) + "\n";
    }

    /** A panel for each metric, in it a bar for each size and contender, and a line up to the worst run. */
    private String chart() {
        StringBuilder svg = new StringBuilder();
        int height = CHARTED.size() / 2 * PANEL_HEIGHT + 30;
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n"
                        .formatted(2 * PANEL_WIDTH, height));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (int i = 0; i < plan.contenders().size(); i++) {
            svg.append("<rect x=\"%d\" y=\"8\" width=\"10\" height=\"10\" fill=\"%s\"/>"
                    .formatted(20 + i * 120, COLOURS.get(i)));
            svg.append(text(35 + i * 120, 17, plan.contenders().get(i).name().toLowerCase(Locale.ROOT), "start"));
        }
        for (int i = 0; i < CHARTED.size(); i++) {
            panel(svg, CHARTED.get(i), i % 2 * PANEL_WIDTH, 30 + i / 2 * PANEL_HEIGHT);
        }
        return svg.append("</svg>\n").toString();
    }

    private void panel(StringBuilder svg, Metric metric, int left, int top) {
        int base = top + PANEL_HEIGHT - 35;
        svg.append(text(left + 20, top + 14, metric.label + ", " + metric.unit, "start"));
        double most = sizes().stream()
                .flatMap(size ->
                        plan.contenders().stream().flatMap(contender -> figures(contender, size, metric).stream()))
                .filter(Double::isFinite)
                .max(Comparator.naturalOrder())
                .orElse(1.0);
        int slot = (PANEL_WIDTH - 40) / sizes().size();
        int bar = Math.max(4, Math.min(40, slot / (plan.contenders().size() + 1)));
        for (int s = 0; s < sizes().size(); s++) {
            int size = sizes().get(s);
            int x = left + 20 + s * slot;
            svg.append(text(x + bar, base + 14, "%,d".formatted(size), "middle"));
            for (int c = 0; c < plan.contenders().size(); c++) {
                List<Double> figures = figures(plan.contenders().get(c), size, metric).stream()
                        .filter(Double::isFinite)
                        .toList();
                if (figures.isEmpty()) {
                    continue;
                }
                double middle = Benchmark.median(figures);
                int high = (int) Math.round(middle / Math.max(most, 1e-9) * BAR_SPACE);
                int extreme = (int) Math.round(worst(figures, metric) / Math.max(most, 1e-9) * BAR_SPACE);
                int barX = x + c * bar;
                svg.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>"
                        .formatted(barX, base - high, bar - 2, high, COLOURS.get(c)));
                svg.append("<line x1=\"%1$d\" x2=\"%1$d\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"black\"/>"
                        .formatted(barX + bar / 2 - 1, base - high, base - extreme));
                svg.append(text(barX + bar / 2, base - Math.max(high, extreme) - 3, shown(middle, metric), "middle"));
            }
        }
        svg.append("<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#999\"/>%n"
                .formatted(left + 20, left + PANEL_WIDTH - 20, base, base));
    }

    private static String text(int x, int y, String words, String anchor) {
        return "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>".formatted(x, y, anchor, words);
    }
}
