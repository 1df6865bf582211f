using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using UserManagement.Identity;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Host.Verbs;

/// <summary>
/// The verbs about OpenID providers: those of the installation, and those of one workspace. Secrets come from a file or standard input,
/// never from the command line.
/// </summary>
internal static class ConnectionVerbs
{
    private static readonly (string, string)[] Fields =
    [
        ("--name NAME", "The name on the button. Default: the kind's"),
        ("--client-id ID", "The client id that the provider gave"),
        ("--secret-file FILE", "File with the client secret; - reads standard input"),
        ("--key-file FILE", "Private key (PEM) instead of a secret: private_key_jwt"),
        ("--key-id ID", "The key's id at the provider"),
        ("--auth HOW", "basic or post: where the secret stands. Default: basic"),
        ("--issuer URL", "The issuer. Needed for oidc; the others know theirs"),
        ("--tenants LIST", "Entra: ids of the tenants let in, with commas; none for any"),
        ("--domains LIST", "Google: domains let in, with commas; none for any"),
        ("--scopes LIST", "What is asked for. Default: openid,profile,email"),
        ("--unknown-may-join YESNO", "Whom the lists admit joins without an invitation"),
        ("--guests YESNO", "Entra: guests may join so too"),
        ("--personal YESNO", "Entra: personal accounts may join so too"),
        (
            "--subject-is-external-id YESNO",
            "The directory sends the provider's sub as externalId, and nobody can choose theirs: the same text links a person. Only oidc"
        ),
        (
            "--trust-user-names YESNO",
            "User names there are the directory's, and nobody can choose theirs: a user name alone links a person"
        ),
        ("--user-info YESNO", "Ask the UserInfo endpoint as well"),
    ];

    public static Verb List { get; } =
        new(
            "connection list",
            "[--workspace SLUG]",
            "Lists the OpenID providers of the installation or of a workspace",
            """
            One line each: id, kind, on or off, whom it lets in, name; below it the redirect address to register there.

              usermanagement connection list
              usermanagement connection list --workspace acme
            """,
            0,
            [("--workspace SLUG", "That workspace's own. Default: the installation's")],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (!(await WhereAsync(core, call, ct)).Is(out var where, out var missing))
                {
                    return await call.RefuseAsync(missing);
                }

                var rows = await core.Act<ListConnections>().RunAsync(Actor.Operator, where, ct);
                foreach (var row in rows.Value)
                {
                    var whom =
                        row.Kind == ConnectionKind.Google ? row.Domains
                        : row.Kind == ConnectionKind.Entra ? row.Tenants
                        : row.Authority;
                    await call.Out.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{row.Id} {row.Kind.Shown().PadRight(6)} {(row.Enabled ? "on " : "off")} {(whom.Length == 0 ? "any" : whom)} {Web.LogLine.Clean(row.Name)}\n  {core.Links.ProviderCallback(row.Id)}"
                        )
                    );
                }

                return Exit.Done;
            }
        );

    public static Verb Create { get; } =
        new(
            "connection create",
            "KIND --client-id ID --secret-file FILE",
            "Connects an OpenID provider",
            """
            KIND is google, entra or oidc. Without --workspace it is the installation's: every workspace whose policy takes it
            is opened by it. The provider is asked before anything is stored. Register the redirect address that is printed.

              usermanagement connection create google --client-id 123.apps.googleusercontent.com --secret-file google.secret
              pass show entra | usermanagement connection create entra --client-id 0a1b... --tenants 1111... --secret-file -
              usermanagement connection create oidc --workspace acme --issuer https://login.acme.example --client-id um --secret-file -
            """,
            1,
            [("--workspace SLUG", "For that workspace alone. Default: the installation"), .. Fields],
            async (call, ct) =>
            {
                ConnectionKind kind = call.Operands[0] switch
                {
                    "google" => ConnectionKind.Google,
                    "entra" => ConnectionKind.Entra,
                    "oidc" => ConnectionKind.Oidc,
                    var other => throw new UsageException($"There is no kind {other}. There are: google, entra, oidc."),
                };
                var empty = new ConnectionDraft
                {
                    Kind = kind,
                    Name = kind switch
                    {
                        ConnectionKind.Google => "Google",
                        ConnectionKind.Entra => "Microsoft",
                        _ => "OpenID",
                    },
                    Authority = kind == ConnectionKind.Google ? ConnectionCheck.Google : "",
                    ClientId = "",
                };
                var draft = await FilledAsync(call, empty, ct);
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (!(await WhereAsync(core, call, ct)).Is(out var where, out var missing))
                {
                    return await call.RefuseAsync(missing);
                }

                using var probe = new ProviderProbe(core.Outbound, NullLogger<ProviderProbe>.Instance);
                var made = await core.Act<CreateConnection>().RunAsync(Actor.Operator, where, draft, probe.AskAsync, ct);
                if (made.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(
                    $"Connection: {made.Value.Id}\nRedirect address: {core.Links.ProviderCallback(made.Value.Id)}"
                );
                return Exit.Done;
            }
        );

    public static Verb Change { get; } =
        new(
            "connection change",
            "ID [--enabled YESNO] ...",
            "Changes a connection, or switches it off",
            """
            Only what is named is changed; it holds from the next request on. Switched off, a connection lets nobody in, and
            who is in by it is out. Another issuer or client needs its secret too.

              usermanagement connection change 0198c0de-... --enabled no
              usermanagement connection change 0198c0de-... --secret-file new.secret
            """,
            1,
            [("--enabled YESNO", "Whether it may be used"), .. Fields],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await FindAsync(core, call.Operands[0], ct) is not { } row)
                {
                    return await call.RefuseAsync(Missing(call.Operands[0]));
                }

                var draft = await FilledAsync(call, ConnectionDraft.Of(row), ct) with { Enabled = YesNo(call, "enabled", row.Enabled) };
                using var probe = new ProviderProbe(core.Outbound, NullLogger<ProviderProbe>.Instance);
                var changed = await core.Act<ChangeConnection>()
                    .RunAsync(Actor.Operator, row.WorkspaceId, row.Id, row.Version, draft, probe.AskAsync, ct);
                if (changed.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(
                    $"Changed: {Web.LogLine.Clean(changed.Value.Name)}, {(changed.Value.Enabled ? "on" : "off")}"
                );
                return Exit.Done;
            }
        );

    public static Verb Failures { get; } =
        new(
            "connection failures",
            "ID",
            "Shows the last sign-ins through a connection that led nowhere",
            """
            One line each: when, the refusal's code, why. Of a connection of the installation those that went towards no
            workspace; the others stand on the sign-in page of the workspace towards which they went.

              usermanagement connection failures 0198c0de-...
            """,
            1,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await FindAsync(core, call.Operands[0], ct) is not { } row)
                {
                    return await call.RefuseAsync(Missing(call.Operands[0]));
                }

                foreach (var one in (await core.Act<ReadFailedSignIns>().RunAsync(Actor.Operator, row.WorkspaceId, row.Id, ct)).Value.Last)
                {
                    await call.Out.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{one.At:yyyy-MM-dd'T'HH:mm:ss'Z'} {one.Kind} {Web.LogLine.Clean(one.Sentence)}"
                        )
                    );
                }

                return Exit.Done;
            }
        );

    public static Verb Remove { get; } =
        new(
            "connection remove",
            "ID",
            "Removes a connection with the logins of it",
            """
            Who is in by it is out at the next request. Accounts and memberships stay; an invitation or another login brings
            people back. It cannot be taken back: connected again, it is another connection. To pause it, switch it off.

              usermanagement connection remove 0198c0de-...
            """,
            1,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await FindAsync(core, call.Operands[0], ct) is not { } row)
                {
                    return await call.RefuseAsync(Missing(call.Operands[0]));
                }

                var removed = await core.Act<RemoveConnection>().RunAsync(Actor.Operator, row.WorkspaceId, row.Id, ct);
                if (removed.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Removed: {Web.LogLine.Clean(row.Name)}");
                return Exit.Done;
            }
        );

    /// <summary>A list with commas; null when the option was not given, empty for the word none.</summary>
    internal static IReadOnlyList<string>? ListOf(VerbCall call, string option) =>
        call.Option(option) is not { } text ? null
        : text == "none" ? []
        : text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal static bool YesNo(VerbCall call, string option, bool now) =>
        call.Option(option) switch
        {
            null => now,
            "yes" or "true" => true,
            "no" or "false" => false,
            _ => throw new UsageException($"--{option} wants yes or no."),
        };

    private static async Task<Outcome<Id<Workspace>>> WhereAsync(OpenCore core, VerbCall call, CancellationToken ct) =>
        call.Option("workspace") is not { } slug ? default(Id<Workspace>)
        : await WorkspaceVerbs.FindAsync(core, slug, ct) is { } workspace ? workspace.Id
        : WorkspaceVerbs.Missing(slug);

    private static async Task<IdentityConnection?> FindAsync(OpenCore core, string text, CancellationToken ct)
    {
        await using var db = core.Act<Store>().Read();
        return Id<IdentityConnection>.TryParse(text, out var id)
            ? await db.IdentityConnections.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, ct)
            : null;
    }

    private static Refusal Missing(string id) =>
        new(RefusalKind.NotFound, "notFound", $"There is no connection {id}. `connection list` lists all.");

    /// <summary>The draft with what the options name.</summary>
    private static async Task<ConnectionDraft> FilledAsync(VerbCall call, ConnectionDraft draft, CancellationToken ct)
    {
        var (secret, key) = (call.Option("secret-file"), call.Option("key-file"));
        if (secret is not null && key is not null)
        {
            throw new UsageException("Either --secret-file or --key-file, not both.");
        }

        var tenants = ListOf(call, "tenants") ?? draft.Tenants;
        var personal = YesNo(call, "personal", draft.AllowPersonalAccounts);
        var usual =
            draft.Authority.Length == 0 && draft.Kind == ConnectionKind.Entra
                ? $"https://login.microsoftonline.com/{(personal ? "common" : tenants is [var only] ? only : "organizations")}/v2.0"
                : draft.Authority;
        return draft with
        {
            Name = call.Option("name") ?? draft.Name,
            Authority = call.Option("issuer") ?? usual,
            ClientId = call.Option("client-id") ?? draft.ClientId,
            ClientAuthentication = key is not null
                ? ClientAuthentication.PrivateKeyJwt
                : call.Option("auth") switch
                {
                    "basic" => ClientAuthentication.SecretBasic,
                    "post" => ClientAuthentication.SecretPost,
                    null => secret is not null && draft.ClientAuthentication == ClientAuthentication.PrivateKeyJwt
                        ? ClientAuthentication.SecretBasic
                        : draft.ClientAuthentication,
                    _ => throw new UsageException("--auth wants basic or post."),
                },
            Credential = (secret ?? key) is { } file ? await ReadAsync(file, ct) : null,
            KeyId = call.Option("key-id") ?? draft.KeyId,
            Tenants = tenants,
            Domains = ListOf(call, "domains") ?? draft.Domains,
            Scopes = ListOf(call, "scopes") is { } scopes ? string.Join(' ', scopes) : draft.Scopes,
            UnknownMayJoin = YesNo(call, "unknown-may-join", draft.UnknownMayJoin),
            AllowGuests = YesNo(call, "guests", draft.AllowGuests),
            AllowPersonalAccounts = personal,
            TrustsUserNames = YesNo(call, "trust-user-names", draft.TrustsUserNames),
            SubjectIsExternalId = YesNo(call, "subject-is-external-id", draft.SubjectIsExternalId),
            ReadUserInfo = YesNo(call, "user-info", draft.ReadUserInfo),
        };
    }

    private static async Task<string> ReadAsync(string file, CancellationToken ct)
    {
        try
        {
            return (file == "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(file, ct)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file {file} cannot be read: {e.Message}");
        }
    }
}
