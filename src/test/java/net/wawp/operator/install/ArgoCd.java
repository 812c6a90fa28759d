package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LoadState;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.PackageLib;
import org.luaj.vm2.lib.TableLib;
import org.luaj.vm2.lib.jse.JseBaseLib;
import org.luaj.vm2.lib.jse.JseOsLib;

/** The scripts for Argo CD, and a Lua engine that gives them what Argo CD does: no more than these four libraries. */
final class ArgoCd {

    static final Path DIRECTORY = DeployFiles.DIRECTORY.resolve("argocd");

    /** In the layout of Argo CD's own repository. */
    static final Path CUSTOMIZATION = DIRECTORY.resolve("wawp.net/WhatsAppSession");

    /** A snippet for Argo CD's ConfigMap, with what sets its health script apart. */
    enum Configuration {
        Complete("argocd-cm.yaml", true),
        WithoutPairing("argocd-cm-without-pairing.yaml", false);

        private final String file;
        private final boolean pairingFailsASync;

        Configuration(String file, boolean pairingFailsASync) {
            this.file = file;
            this.pairingFailsASync = pairingFailsASync;
        }

        Path path() {
            return DIRECTORY.resolve(file);
        }

        String healthScript() {
            return script("health").replace(PAIRING_SWITCH + true, PAIRING_SWITCH + pairingFailsASync);
        }

        /** Argo CD's health of a resource. */
        JsonNode health(JsonNode resource) {
            return ArgoCd.run("health", healthScript(), resource);
        }

        /** The snippet, generated from the scripts. */
        String text() {
            StringBuilder actions =
                    new StringBuilder("discovery.lua: |\n").append(indented(2, script("actions/discovery")));
            actions.append("definitions:\n");
            ACTIONS.forEach(action -> actions.append("  - name: %s\n    action.lua: |\n".formatted(action))
                    .append(indented(6, script("actions/" + action))));
            return """
                    # Made of wawp.net/WhatsAppSession by: %s
                    # Merge it into the ConfigMap argocd-cm, for example: kubectl -n argocd patch configmap argocd-cm --patch-file %s
                    data:
                      resource.customizations.health.wawp.net_WhatsAppSession: |
                    %s\
                      resource.customizations.actions.wawp.net_WhatsAppSession: |
                    %s""".formatted(
                            GeneratedFiles.COMMAND, file, indented(4, healthScript()), indented(4, actions.toString()));
        }
    }

    static final List<String> ACTIONS = List.of("poll-now", "suspend", "resume");

    private static final String PAIRING_SWITCH = "local pairing_fails_a_sync = ";
    private static final Set<String> OS_FUNCTIONS = Set.of("date", "time");
    private static final ObjectMapper JSON = new ObjectMapper();

    private ArgoCd() {}

    /** Runs an action on a resource, or the discovery of actions, and returns its result. */
    static JsonNode action(String action, JsonNode resource) {
        return run(action, script("actions/" + action), resource);
    }

    private static JsonNode run(String name, String script, JsonNode resource) {
        Globals globals = new Globals();
        globals.load(new JseBaseLib());
        globals.load(new PackageLib());
        globals.load(new TableLib());
        globals.load(new JseOsLib());
        // a script gets os only when it requires it, and only what reads the time
        LuaTable os = globals.get("os").checktable();
        Arrays.stream(os.keys())
                .filter(function -> !OS_FUNCTIONS.contains(function.tojstring()))
                .forEach(function -> os.set(function, LuaValue.NIL));
        globals.set("os", LuaValue.NIL);
        LoadState.install(globals);
        LuaC.install(globals);
        globals.set("obj", toLua(resource));
        return JSON.valueToTree(toJava(globals.load(script, name).call().checktable()));
    }

    /** The text of a script by its name, which for an action is that of its folder. */
    private static String script(String name) {
        Path folder = CUSTOMIZATION.resolve(name);
        return Yaml.text(
                Files.isDirectory(folder) ? folder.resolve("action.lua") : CUSTOMIZATION.resolve(name + ".lua"));
    }

    private static String indented(int spaces, String text) {
        return text.indent(spaces).replaceAll("(?m)^ +$", "");
    }

    private static LuaValue toLua(JsonNode node) {
        if (node.isContainerNode()) {
            LuaTable table = new LuaTable();
            if (node.isArray()) {
                node.forEach(element -> table.set(table.length() + 1, toLua(element)));
            } else {
                node.properties().forEach(entry -> table.set(entry.getKey(), toLua(entry.getValue())));
            }
            return table;
        }
        if (node.isBoolean()) {
            return LuaValue.valueOf(node.booleanValue());
        }
        return node.isNumber() ? LuaValue.valueOf(node.doubleValue()) : LuaValue.valueOf(node.asText());
    }

    /** Every table becomes a map: the scripts return few lists. */
    private static Object toJava(LuaValue value) {
        if (value.istable()) {
            Map<String, Object> map = new LinkedHashMap<>();
            for (LuaValue key : value.checktable().keys()) {
                map.put(key.tojstring(), toJava(value.get(key)));
            }
            return map;
        }
        return value.isboolean() ? (Object) value.toboolean() : value.tojstring();
    }
}
