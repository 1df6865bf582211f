using System.Globalization;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about apps that sign their people in here, and about the keys of the OpenID Provider.</summary>
internal static class ClientVerbs
{
    private static readonly (string, string) Workspace = (
        "--workspace SLUG",
        "The workspace whose people alone it serves. Default: an app of the installation"
    );

    /// <summary>What both creating and changing take: each option says one setting, and what is not said stays as it is.</summary>
    private static readonly (string, string)[] Settings =
    [
        ("--name NAME", "The name that people read. Default: the client id"),
        ("--start URI", "Where people begin to use it; they find it among their apps then. `none` takes it away"),
        ("--redirect URI,...", "Where people come back to, letter by letter"),
        ("--signed-out URI,...", "Where they may go after signing out"),
        ("--logout URI", "Where the app is told that a session ended. `none` takes it away"),
        ("--scopes NAME,...", "Of profile, email, workspace, groups (default: the first three); for itself of scim, api"),
        ("--attributes NAME,...", "Attributes of the workspace's own that it learns with profile. `none` takes them away"),
        ("--role KEY", "As which role it speaks REST for itself; with the scope api"),
        ("--public yes", "It runs in a browser or on its user's machine, and has no secret"),
        ("--native yes", "It runs on its user's machine: a loopback address may name any port"),
        ("--consent yes", "People are asked before it learns of them"),
        ("--offline yes", "It may have refresh tokens"),
        ("--machine yes", "It may act for itself (client credentials)"),
        ("--id-token-post yes", "It may have an ID token posted without a code, as Microsoft.Identity.Web asks by default"),
        ("--pkce no", "It does not know PKCE: its secret and the nonce alone protect its codes. Only with a secret on a server"),
        ("--pushed yes", "It must push its requests (RFC 9126)"),
        ("--needs-seat yes", "Who holds no seat is turned away"),
        ("--pairwise yes", "It gets a subject of its own for each person"),
    ];

    public static Verb Create { get; } =
        new(
            "client create",
            "CLIENTID",
            "Registers an app that signs its people in here, and prints its secret, this once",
            """
            The app finds everything else in the discovery document, whose address is printed. docs/apps.md says what the settings mean.

              usermanagement client create notes --name Notes --redirect https://notes.example.org/signin-oidc
              usermanagement client create nightly --workspace acme --machine yes --scopes api --role viewer
            """,
            1,
            [Workspace, .. Settings],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WhereAsync(core, call, ct) is not { } workspace)
                {
                    return Exit.Refused;
                }

                var settings = Of(call, new() { ClientName = call.Operands[0], RequireConsent = false });
                var made = await core.Act<CreateClient>().RunAsync(Actor.Operator, workspace.Id, call.Operands[0], settings, ct);
                if (!made.Is(out var client, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(
                    $"Discovery: {core.Links.Base}/.well-known/openid-configuration\nClient id: {client.Row.ClientId}{(client.Secret is null ? "" : $"\nClient secret: {client.Secret}")}"
                );
                return Exit.Done;
            }
        );

    public static Verb Change { get; } =
        new(
            "client change",
            "CLIENTID",
            "Changes what an app is allowed; what is not named stays",
            """
            What is taken away from it holds from its next request on. A list takes the place of the whole list before.

              usermanagement client change notes --redirect https://notes.example.org/cb,https://new.example.org/cb
              usermanagement client change notes --needs-seat yes --start https://notes.example.org
            """,
            1,
            [Workspace, .. Settings],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WhereAsync(core, call, ct) is not { } workspace)
                {
                    return Exit.Refused;
                }

                var row = (await core.Act<ListClients>().RunAsync(Actor.Operator, workspace.Id, ct)).Value.FirstOrDefault(c =>
                    c.ClientId == call.Operands[0]
                );
                if (row is null)
                {
                    return await call.RefuseAsync(new(RefusalKind.NotFound, "notFound", "There is no such app. `client list` shows them."));
                }

                var changed = await core.Act<ChangeClient>()
                    .RunAsync(Actor.Operator, workspace.Id, row.ClientId!, row.Version, Of(call, ClientSettings.Of(row)), ct);
                if (!changed.Is(out var client, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Changed: {client.DisplayName} ({client.ClientId}).");
                return Exit.Done;
            }
        );

    public static Verb List { get; } =
        new(
            "client list",
            "",
            "Lists the apps of the installation, or of a workspace",
            """
            One line each: client id, the ids and last four characters of its secrets, when it was last used, name.

              usermanagement client list --workspace acme
            """,
            0,
            [Workspace],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WhereAsync(core, call, ct) is not { } workspace)
                {
                    return Exit.Refused;
                }

                var clients = (await core.Act<ListClients>().RunAsync(Actor.Operator, workspace.Id, ct)).Value;
                var uses = await core.Act<ListClients>().LastUsesAsync(clients, ct);
                foreach (var client in clients)
                {
                    var used = uses.TryGetValue(client.Id, out var at) ? $"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm'Z'}" : "never-used";
                    var secrets = string.Join(' ', ClientSecrets.Of(client).Select(s => $"{s.Id}=...{s.End}"));
                    await call.Out.WriteLineAsync(
                        $"{client.ClientId} {(secrets.Length == 0 ? "no-secret" : secrets)} {used} {client.DisplayName}"
                    );
                }

                return Exit.Done;
            }
        );

    public static Verb Remove { get; } =
        new(
            "client remove",
            "CLIENTID",
            "Takes an app away, with everything that it was given",
            """
            Its codes, tokens and remembered consents go with it, and nobody can sign in at it from then on.

              usermanagement client remove notes
            """,
            1,
            [Workspace],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WhereAsync(core, call, ct) is not { } workspace)
                {
                    return Exit.Refused;
                }

                var removed = await core.Act<RemoveClient>().RunAsync(Actor.Operator, workspace.Id, call.Operands[0], ct);
                if (!removed.Is(out var client, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Removed: {client.DisplayName} ({client.ClientId}).");
                return Exit.Done;
            }
        );

    public static Verb Secret { get; } =
        new(
            "client secret",
            "CLIENTID",
            "Gives an app one more secret and prints it, this once; or takes one away",
            """
            Two may live at once: make the new one, give it to the app, take the old one away. `client list` shows the ids.

              usermanagement client secret notes
              usermanagement client secret notes --remove 0190b6d0-5b1c-7e4f-8a43-1d3f6c1e2a90
            """,
            1,
            [Workspace, ("--remove ID", "Takes this one away, at once")],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WhereAsync(core, call, ct) is not { } workspace)
                {
                    return Exit.Refused;
                }

                if (call.Option("remove") is { } text)
                {
                    var id = Guid.TryParse(text, CultureInfo.InvariantCulture, out var given)
                        ? given
                        : throw new UsageException("This is no id of a secret. `client list` shows them.");
                    var taken = await core.Act<RemoveClientSecret>().RunAsync(Actor.Operator, workspace.Id, call.Operands[0], id, ct);
                    if (taken.Refusal is { } no)
                    {
                        return await call.RefuseAsync(no);
                    }

                    await call.Out.WriteLineAsync("Removed.");
                    return Exit.Done;
                }

                var made = await core.Act<AddClientSecret>().RunAsync(Actor.Operator, workspace.Id, call.Operands[0], ct);
                if (!made.Is(out var client, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Client secret: {client.Secret}");
                return Exit.Done;
            }
        );

    public static Verb RotateKeys { get; } =
        new(
            "app-keys rotate",
            "",
            "Makes the next signing key of the OpenID Provider now",
            """
            It is published at once and signs five minutes later; the one before stays published for 31 days. Without this verb a
            new one comes every 90 days.

              usermanagement app-keys rotate
            """,
            0,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var made = await core.Act<RotateAppKeys>().RunAsync(Actor.Operator, now: true, ct);
                if (!made.Is(out var key, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(
                    $"Key {key!.KeyId} signs from {key.SignsFrom.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)} on."
                );
                return Exit.Done;
            }
        );

    /// <summary>The workspace that the call names, as a box that may hold none; null when it was refused.</summary>
    private static async Task<Where?> WhereAsync(OpenCore core, VerbCall call, CancellationToken ct)
    {
        if (call.Option("workspace") is not { } slug)
        {
            return new(null);
        }

        if (await WorkspaceVerbs.FindAsync(core, slug, ct) is { } workspace)
        {
            return new(workspace.Id);
        }

        await call.RefuseAsync(WorkspaceVerbs.Missing(slug));
        return null;
    }

    /// <summary>Settings with what the options say in their place.</summary>
    private static ClientSettings Of(VerbCall call, ClientSettings now)
    {
        return now with
        {
            ClientName = call.Option("name") ?? now.ClientName,
            ClientUri = Given("start", now.ClientUri),
            RedirectUris = Items("redirect", now.RedirectUris),
            PostLogoutRedirectUris = Items("signed-out", now.PostLogoutRedirectUris),
            BackChannelLogoutUri = Given("logout", now.BackChannelLogoutUri),
            AllowedScopes = Items("scopes", now.AllowedScopes),
            Attributes = Given("attributes", "") is null ? [] : Items("attributes", now.Attributes),
            Role = Given("role", now.Role),
            RequireClientSecret = !Is("public", !now.RequireClientSecret),
            IsNative = Is("native", now.IsNative),
            RequireConsent = Is("consent", now.RequireConsent),
            AllowOfflineAccess = Is("offline", now.AllowOfflineAccess),
            AllowClientCredentials = Is("machine", now.AllowClientCredentials),
            AllowIdTokenFormPost = Is("id-token-post", now.AllowIdTokenFormPost),
            RequirePkce = Is("pkce", now.RequirePkce),
            RequirePushedAuthorization = Is("pushed", now.RequirePushedAuthorization),
            NeedsSeat = Is("needs-seat", now.NeedsSeat),
            PairwiseSubject = Is("pairwise", now.PairwiseSubject),
        };

        IReadOnlyList<string> Items(string option, IReadOnlyList<string> before) =>
            call.Option(option) is null ? before : ConnectionVerbs.ListOf(call, option) ?? [];

        bool Is(string option, bool before) => ConnectionVerbs.YesNo(call, option, before);

        string? Given(string option, string? before) =>
            call.Option(option) switch
            {
                null => before,
                "none" => null,
                var given => given,
            };
    }

    private sealed record Where(Id<Workspace>? Id);
}
