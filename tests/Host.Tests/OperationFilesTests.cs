using System.Text.Json;
using System.Text.RegularExpressions;
using UserManagement.Host.Settings;
using UserManagement.Host.Verbs;
using UserManagement.Testing;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace UserManagement.Host.Tests;

/// <summary>
/// What runs beside the server holds together with it: metrics that alerts and the dashboard name are made by the code, each alert's page
/// of the runbook is there, manifests name settings, verbs and ports that exist, and documents call verbs that do.
/// </summary>
public partial class OperationFilesTests
{
    private static readonly string[] Ends = ["_total", "_bucket", "_count", "_sum", ""];

    [Fact]
    public void Every_metric_that_an_alert_or_the_dashboard_names_is_made_by_the_server()
    {
        var own = Directory
            .EnumerateFiles(Repository.At("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Made().Matches(File.ReadAllText(file)))
            .Select(match => Prometheus(match.Groups[1].Value, match.Groups[2].Value))
            .Append("http_server_request_duration_seconds") // of ASP.NET Core
            .ToHashSet();
        Assert.Contains("usermanagement_outbox_age_seconds", own);
        var dashboard = JsonDocument.Parse(File.ReadAllText(Repository.At("deploy/observability/dashboard.json"))).RootElement;
        var asked = Rules()
            .Select(rule => rule.Expr)
            .Concat(
                dashboard
                    .GetProperty("panels")
                    .EnumerateArray()
                    .SelectMany(p => p.GetProperty("targets").EnumerateArray())
                    .Select(t => t.GetProperty("expr").GetString()!)
            )
            .SelectMany(expr => Metric().Matches(expr))
            .Select(match => match.Value)
            .Distinct()
            .ToList();
        Assert.True(asked.Count > 15);
        Assert.All(
            asked,
            name => Assert.Contains(Ends, end => name.EndsWith(end, StringComparison.Ordinal) && own.Contains(name[..^end.Length]))
        );
    }

    [Fact]
    public void Every_alert_names_a_section_of_the_runbook_and_the_runbook_knows_it()
    {
        var runbook = File.ReadAllText(Repository.At("docs/runbook.md"));
        var sections = Heading().Matches(runbook).Select(m => m.Groups[1].Value.Trim().ToLowerInvariant().Replace(' ', '-')).ToList();
        Assert.True(Rules().Count > 6);
        Assert.All(Rules(), rule => Assert.Contains(rule.Runbook.Replace("docs/runbook.md#", "", StringComparison.Ordinal), sections));
        Assert.All(Rules(), rule => Assert.Contains($"`{rule.Alert}`", runbook, StringComparison.Ordinal));
        string[] promised = ["database-away", "outbox-grows", "directory-silent", "seats-full", "disk-full", "clock-wrong", "key-lost"];
        Assert.Empty(promised.Except(sections));
    }

    [Fact]
    public void Documents_call_verbs_and_name_settings_that_exist()
    {
        foreach (
            var file in (string[])["docs/operations.md", "docs/runbook.md", "deploy/kubernetes/README.md", "deploy/observability/README.md"]
        )
        {
            var text = File.ReadAllText(Repository.At(file));
            foreach (var words in Call().Matches(text).Select(m => m.Groups[1].Value.Trim()))
            {
                Assert.True(
                    CommandLine.Verbs.Any(v => words == v.Name || words.StartsWith(v.Name + " ", StringComparison.Ordinal)),
                    $"{file}: usermanagement {words}"
                );
            }

            Assert.Empty(
                Variable()
                    .Matches(text)
                    .Select(m => m.Value.TrimEnd('_'))
                    .Except(SettingNames.All.Select(s => s.Variable), StringComparer.OrdinalIgnoreCase)
            );
            Assert.All(Option().Matches(text).Select(m => m.Groups[1].Value), name => Assert.NotNull(SettingNames.Find(name)));
        }
    }

    [Fact]
    public void The_manifests_name_settings_verbs_ports_and_each_other()
    {
        var folder = Repository.At("deploy/kubernetes");
        var kustomization = Parse("kustomization.yaml");
        var resources = Names(kustomization, "resources");
        Assert.Equal(
            Directory.GetFiles(folder, "*.yaml").Select(Path.GetFileName).Where(f => f != "kustomization.yaml").Order(),
            resources.Order()
        );
        var settings = Lines("settings.env").Concat(Lines("secret.env.example")).ToList();
        Assert.Empty(settings.Except(SettingNames.All.Select(s => s.Variable)));
        Assert.Contains("USERMANAGEMENT_MASTERKEY", settings);
        Assert.All(Lines("settings.env"), name => Assert.DoesNotContain("PASSWORD", name, StringComparison.Ordinal));

        foreach (var file in (string[])["deployment.yaml", "migrate.yaml"])
        {
            var pod = At(Parse(file), "spec", "template", "spec");
            Assert.Equal("true", Text(pod, "securityContext", "runAsNonRoot"));
            var container = (YamlMappingNode)((YamlSequenceNode)pod["containers"]).Single();
            Assert.Equal("true", Text(container, "securityContext", "readOnlyRootFilesystem"));
            Assert.Equal("false", Text(container, "securityContext", "allowPrivilegeEscalation"));
            Assert.Equal(["ALL"], Names(At(container, "securityContext", "capabilities"), "drop"));
            Assert.Contains(Names(container, "args").Single(), CommandLine.Verbs.Select(v => v.Name));
            var mounts = ((YamlSequenceNode)container["volumeMounts"]).Select(m => Text(m, "name")).Order();
            Assert.Equal(((YamlSequenceNode)pod["volumes"]).Select(v => Text(v, "name")).Order(), mounts);
            Assert.Equal(
                ["usermanagement-settings", "usermanagement-secrets"],
                ((YamlSequenceNode)container["envFrom"]).Select(e => Text(((YamlMappingNode)e).Children.Values.Single(), "name"))
            );
        }

        var deployment = Parse("deployment.yaml");
        Assert.True(int.Parse(Text(deployment, "spec", "replicas"), System.Globalization.CultureInfo.InvariantCulture) >= 2);
        var server = (YamlMappingNode)((YamlSequenceNode)At(deployment, "spec", "template", "spec")["containers"]).Single();
        Assert.Equal(
            ["/livez", "/livez", "/readyz"],
            ((string[])["startupProbe", "livenessProbe", "readinessProbe"]).Select(p => Text(server, p, "httpGet", "path"))
        );
        var labels = At(deployment, "spec", "template", "metadata", "labels");
        Assert.Equal(labels, At(Parse("service.yaml"), "spec", "selector"));
        Assert.Equal(labels, At(Parse("disruption.yaml"), "spec", "selector", "matchLabels"));
        Assert.Equal(labels, At(deployment, "spec", "selector", "matchLabels"));
        Assert.Equal("restricted", Text(Parse("namespace.yaml"), "metadata", "labels", "pod-security.kubernetes.io/enforce"));
    }

    private static IEnumerable<string> Lines(string file) =>
        File.ReadAllLines(Repository.At("deploy/kubernetes/" + file))
            .Where(l => l.Contains('=', StringComparison.Ordinal))
            .Select(l => l.Split('=')[0]);

    private static YamlMappingNode Parse(string file) => Yaml("deploy/kubernetes/" + file);

    private static YamlMappingNode Yaml(string file)
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(Repository.At(file));
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    private static YamlNode At(YamlNode node, params string[] path) => path.Aggregate(node, (at, name) => at[name]);

    private static string Text(YamlNode node, params string[] path) => ((YamlScalarNode)At(node, path)).Value!;

    private static List<string> Names(YamlNode node, string list) =>
        [.. ((YamlSequenceNode)node[list]).Select(n => ((YamlScalarNode)n).Value!)];

    private static List<(string Alert, string Expr, string Runbook)> Rules() =>
        [
            .. ((YamlSequenceNode)Yaml("deploy/observability/alerts.yml")["groups"])
                .SelectMany(g => (YamlSequenceNode)g["rules"])
                .Select(r => (Text(r, "alert"), Text(r, "expr"), Text(r, "annotations", "runbook"))),
        ];

    /// <summary>The name that Prometheus gives a metric of OpenTelemetry: dots become low lines, a unit that is no word in braces its
    /// end.</summary>
    private static string Prometheus(string name, string unit) =>
        name.Replace('.', '_')
        + unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => "",
        };

    [GeneratedRegex(
        """
            (?:Gauge|Create\w+(?:<\w+>)?)\(\s*"(usermanagement[\w.]+)",\s*(?:[^"]*?)"([^"]+)",
            """
    )]
    private static partial Regex Made();

    [GeneratedRegex(@"\b(?:usermanagement|http_server)_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"(?:^|`|-- )usermanagement ([a-z-]+(?: [a-z-]+)?)(?=[\s`])", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex("USERMANAGEMENT_[A-Z_]+")]
    private static partial Regex Variable();

    [GeneratedRegex(@"--([A-Z][A-Za-z]+(?::[A-Za-z]+)*)")]
    private static partial Regex Option();
}
