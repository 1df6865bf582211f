using System.Globalization;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Webhooks;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about endpoints of apps that are told what happens.</summary>
internal static class WebhookVerbs
{
    public static Verb Create { get; } =
        new(
            "webhook create",
            "SLUG URL",
            "Adds an endpoint that is told what happens in a workspace, and prints its secret, this once",
            """
            docs/webhooks.md says what is sent and how it is signed.

              usermanagement webhook create acme https://billing.example.org/webhooks --name Billing
              usermanagement webhook create acme https://app.example.org/events --types member.suspended,member.removed
            """,
            2,
            [
                ("--name NAME", "Which app it is. Default: the host's name"),
                ("--types TYPE,...", "Which events. Default: all"),
                ("--format standard|securityEvent", "Standard Webhooks, or security event tokens (RFC 8417). Default: standard"),
                ("--audience TEXT", "For whom the tokens are meant. Default: the address"),
            ],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var draft = new WebhookDraft
                {
                    Name =
                        call.Option("name")
                        ?? (Uri.TryCreate(call.Operands[1], UriKind.Absolute, out var url) ? url.Host : call.Operands[1]),
                    Url = call.Operands[1],
                    Types = ConnectionVerbs.ListOf(call, "types") ?? [],
                    Format = call.Option("format") switch
                    {
                        null or "standard" => WebhookFormat.Standard,
                        "securityEvent" => WebhookFormat.SecurityEvent,
                        _ => throw new UsageException("--format is standard or securityEvent."),
                    },
                    Audience = call.Option("audience"),
                };
                var made = await core.Act<CreateWebhook>().RunAsync(Actor.Operator, workspace.Id, draft, ct);
                if (!made.Is(out var webhook, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Id: {webhook.Row.Id}\nSecret: {webhook.Secret}");
                return Exit.Done;
            }
        );

    public static Verb List { get; } =
        new(
            "webhook list",
            "SLUG",
            "Lists the endpoints of a workspace",
            """
            One line each: id, on, off or failing, when something was last sent, address, name.

              usermanagement webhook list acme
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

                foreach (var (row, last) in (await core.Act<ListWebhooks>().RunAsync(Actor.Operator, workspace.Id, ct)).Value)
                {
                    var state =
                        row.DisabledAt is not null ? "off"
                        : row.FailingSince is not null ? "failing"
                        : "on";
                    var at = last?.LastAt?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "never";
                    await call.Out.WriteLineAsync($"{row.Id} {state} {at} {row.Url} {row.Name}");
                }

                return Exit.Done;
            }
        );

    public static Verb Remove { get; } =
        new(
            "webhook remove",
            "SLUG ID",
            "Takes an endpoint away",
            """
            Nothing is sent to it any more, also not what waits.

              usermanagement webhook remove acme 0190b6d0-5b1c-7e4f-8a43-1d3f6c1e2a90
            """,
            2,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var id = Id<Webhook>.TryParse(call.Operands[1], out var given)
                    ? given
                    : throw new UsageException("This is no id of a webhook. `webhook list` shows them.");
                var removed = await core.Act<RemoveWebhook>().RunAsync(Actor.Operator, workspace.Id, id, ct);
                if (!removed.Is(out var webhook, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Removed: {webhook.Name} ({webhook.Url}).");
                return Exit.Done;
            }
        );
}
