using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about a workspace's sign-in policy.</summary>
internal static class PolicyVerbs
{
    public static Verb Show { get; } =
        new(
            "policy show",
            "SLUG",
            "Shows how people may sign in to a workspace",
            """
            One line for each rule, in the words that `policy set` takes.

              usermanagement policy show acme
            """,
            1,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                await TellAsync(call, workspace);
                var all = await core.Act<ConnectionPage>().RunAsync(Actor.Operator, workspace.Id, ct);
                if (ClosedConnections.Sentence(workspace.Configuration.SignIn, [.. all.Value.Select(c => c.Row)]) is { } closed)
                {
                    await call.Out.WriteLineAsync(closed);
                }

                return Exit.Done;
            }
        );

    public static Verb Set { get; } =
        new(
            "policy set",
            "SLUG [--passwords ONOFF] ...",
            "Changes how people may sign in to a workspace",
            """
            Only what is named is changed; it holds from the next request on. You may set what an admin could not: a policy
            under which nobody there gets in. `admin invite` opens a workspace under every policy.

              usermanagement policy set acme --passwords off --connections all --domains acme.com --unknown-may-join yes
              usermanagement policy set acme --mfa required --mfa-counts-provider yes
            """,
            1,
            [
                ("--passwords ONOFF", "on or off: passwords and passkeys of this server"),
                ("--connections LIST", "The installation's: all, none, or ids with commas"),
                ("--tenants LIST", "Entra tenants let in through those, with commas; none for any"),
                ("--domains LIST", "Google domains let in through those, with commas; none for any"),
                ("--unknown-may-join YESNO", "Whom those lists admit joins without an invitation"),
                ("--join-role ROLE", "The role they get; default for the role of newcomers"),
                ("--mfa POLICY", "off, optional or required"),
                ("--mfa-counts-provider YESNO", "A second factor proven at the provider counts"),
            ],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var wanted = workspace.Configuration with { SignIn = Filled(call, workspace.Configuration.SignIn) };
                var changed = await core.Act<ChangeConfiguration>()
                    .RunAsync(Actor.Operator, workspace.Id, workspace.Row.Version, wanted, ct);
                if (changed.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await TellAsync(call, changed.Value);
                if (
                    !changed.Value.Configuration.SignIn.LocalPassword
                    && (await core.Act<ListConnections>().OfferedAsync(changed.Value, ct)).Count == 0
                )
                {
                    await call.Error.WriteLineAsync(
                        "Nobody can sign in to it now: passwords are off and no connection is offered. `admin invite` lets an admin in."
                    );
                }

                return Exit.Done;
            }
        );

    private static SignInRules Filled(VerbCall call, SignInRules rules) =>
        rules with
        {
            LocalPassword = call.Option("passwords") switch
            {
                null => rules.LocalPassword,
                "on" => true,
                "off" => false,
                _ => throw new UsageException("--passwords wants on or off."),
            },
            Connections =
                call.Option("connections") == "all"
                    ? null
                    : ConnectionVerbs.ListOf(call, "connections")?.Select(Parsed).Distinct().ToList() ?? rules.Connections,
            Tenants = ConnectionVerbs.ListOf(call, "tenants")?.Select(t => t.ToLowerInvariant()).ToList() ?? rules.Tenants,
            Domains =
                ConnectionVerbs.ListOf(call, "domains")?.Select(d => EmailAddress.Domain("@" + d) ?? d.ToLowerInvariant()).ToList()
                ?? rules.Domains,
            UnknownMayJoin = ConnectionVerbs.YesNo(call, "unknown-may-join", rules.UnknownMayJoin),
            JoinRole = call.Option("join-role") switch
            {
                null => rules.JoinRole,
                "default" => null,
                var role => role,
            },
            Mfa = call.Option("mfa") switch
            {
                null => rules.Mfa,
                "off" => MfaPolicy.Off,
                "optional" => MfaPolicy.Optional,
                "required" => MfaPolicy.Required,
                _ => throw new UsageException("--mfa wants off, optional or required."),
            },
            MfaCountsProvider = ConnectionVerbs.YesNo(call, "mfa-counts-provider", rules.MfaCountsProvider),
        };

    private static Guid Parsed(string text) =>
        Guid.TryParseExact(text, "D", out var id)
            ? id
            : throw new UsageException($"--connections: {text} is no id. `connection list` lists all.");

    private static async Task TellAsync(VerbCall call, WorkspaceContext workspace)
    {
        var rules = workspace.Configuration.SignIn;
        (string Rule, string Value)[] lines =
        [
            ("passwords", rules.LocalPassword ? "on" : "off"),
            ("connections", rules.Connections is null ? "all" : Listed(rules.Connections.Select(c => c.ToString("D")))),
            ("tenants", Listed(rules.Tenants)),
            ("domains", Listed(rules.Domains)),
            ("unknown-may-join", Word(rules.UnknownMayJoin)),
            ("join-role", rules.JoinRole ?? $"default ({workspace.Configuration.Join.DefaultRole})"),
            ("mfa", rules.Mfa.ToString().ToLowerInvariant()),
            ("mfa-counts-provider", Word(rules.MfaCountsProvider)),
        ];
        foreach (var (rule, value) in lines)
        {
            await call.Out.WriteLineAsync($"{rule.PadRight(20)} {value}");
        }
    }

    private static string Listed(IEnumerable<string> values) => string.Join(',', values) is { Length: > 0 } list ? list : "none";

    private static string Word(bool yes) => yes ? "yes" : "no";
}
