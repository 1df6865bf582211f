using System.Globalization;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Provisioning;

namespace UserManagement.Host.Verbs;

/// <summary>The verb that shows what directories asked for.</summary>
internal static class ScimLogVerbs
{
    private const int Page = 200;

    public static Verb Log { get; } =
        new(
            "scim log",
            "SLUG [--failed yes] [--person WORD] [--cycle ID] [--days N] [--count N]",
            "Prints what directories asked for and what came of it",
            """
            One line for each request, newest first: time, directory, method and address, status, who it was about and what came of
            it; where something was amiss, why and what to do below it. Payloads are on the page and in the REST API.

              usermanagement scim log acme --failed yes --days 2
              usermanagement scim log acme --person ada@example.org
            """,
            1,
            [
                ("--failed yes", "Only what was refused, met a fault or was done in part"),
                ("--person WORD", "Only about whom this names: user name, address, id, or a part of the name"),
                ("--cycle ID", "Only of this cycle"),
                ("--days N", "Only of the last N days, 1 to 400"),
                ("--count N", "At most so many, 1 to 100000. Default: 50"),
            ],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var days = WorkspaceVerbs.Number(call, "days", 1, 400);
                var left = WorkspaceVerbs.Number(call, "count", 1, 100_000) ?? 50;
                if (call.Option("failed") is { } failed && failed is not ("yes" or "no"))
                {
                    throw new UsageException("--failed is yes or no.");
                }

                Id<ProvisioningCycle>? cycle = null;
                if (call.Option("cycle") is { } text)
                {
                    cycle = Id<ProvisioningCycle>.TryParse(text, out var id) ? id : throw new UsageException("This is no id of a cycle.");
                }

                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var query = new ProvisioningQuery
                {
                    Failed = call.Option("failed") == "yes",
                    Person = call.Option("person"),
                    Cycle = cycle,
                    Since = days is { } n ? core.Act<Store>().Time.Now().AddDays(-n) : null,
                };
                PageCursor? after = null;
                do
                {
                    var read = await core.Act<ListProvisioning>()
                        .RunAsync(Actor.Operator, workspace.Id, query, after, Math.Min(left, Page), ct);
                    if (!read.Is(out var page, out var refusal))
                    {
                        return await call.RefuseAsync(refusal);
                    }

                    foreach (var line in page.Lines)
                    {
                        await call.Out.WriteLineAsync(Of(line));
                        if (ProvisioningFiles.ReasonOf(line) is { } reason)
                        {
                            await call.Out.WriteLineAsync($"    {reason} {ProvisioningFiles.RemedyOf(line, workspace.Configuration)}");
                        }
                    }

                    (left, after) = (left - page.Lines.Count, page.Next);
                } while (left > 0 && after is not null);

                return Exit.Done;
            }
        );

    private static string Of(ProvisioningLine line) =>
        string.Join(
            ' ',
            new[]
            {
                line.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                line.Client.Length > 0 ? line.Client : "-",
                line.Method,
                line.Path,
                line.Status.ToString(CultureInfo.InvariantCulture),
                line.TargetName,
                line.Outcome.Shown(),
                line.Times > 1 ? $"({line.Times} times)" : null,
            }.Where(t => t is { Length: > 0 })
        );
}
