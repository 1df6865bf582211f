using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about workspaces and their first admin.</summary>
internal static class WorkspaceVerbs
{
    public static Verb Create { get; } =
        new(
            "workspace create",
            "SLUG [--name NAME] [--preset P]",
            "Makes a workspace",
            $"""
            A workspace is one tenant: its people, roles, seats and directory. The slug stands in its addresses: 1 to 63 lower
            case letters, digits and hyphens. The preset fills its configuration, which can be changed later.
            Presets: {string.Join(", ", Preset.Names)}.

              usermanagement workspace create acme --name "Acme Ltd" --preset seats
              usermanagement admin invite acme ada@example.org
            """,
            1,
            [("--name NAME", "The name that people see. Default: the slug"), ("--preset P", "Default: seats")],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var slug = call.Operands[0];
                var made = await core.Act<CreateWorkspace>()
                    .RunAsync(Actor.Operator, new(slug, call.Option("name") ?? slug, call.Option("preset") ?? "seats"), ct);
                if (made.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Workspace: {slug}\nSCIM base URL: {core.Links.Scim(slug)}");
                return Exit.Done;
            }
        );

    public static Verb List { get; } =
        new(
            "workspace list",
            "",
            "Lists the workspaces",
            """
            One line each: slug, preset, when it was made, name.

              usermanagement workspace list
            """,
            0,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                await using var db = core.Act<Store>().Read();
                foreach (var row in await db.Workspaces.OrderBy(w => w.Slug).ToListAsync(ct))
                {
                    await call.Out.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{row.Slug.PadRight(24)} {WorkspaceContext.Of(db, row).Configuration.Preset.PadRight(10)} "
                                + $"{row.CreatedAt:yyyy-MM-dd} {row.Name}"
                        )
                    );
                }

                return Exit.Done;
            }
        );

    public static Verb Rename { get; } =
        new(
            "workspace rename",
            "SLUG NAME",
            "Gives a workspace another name",
            """
            The name that people see. The slug stays, and with it every address and the directory's.

              usermanagement workspace rename acme "Acme Europe Ltd"
            """,
            2,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(Missing(call.Operands[0]));
                }

                var renamed = await core.Act<RenameWorkspace>().RunAsync(Actor.Operator, workspace.Id, null, call.Operands[1], ct);
                if (renamed.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Renamed: {renamed.Value.Name}");
                return Exit.Done;
            }
        );

    public static Verb InviteAdmin { get; } =
        new(
            "admin invite",
            "SLUG EMAIL [--hours N]",
            "Makes somebody an admin and prints a one-time link",
            """
            For the first admin of a workspace, and for getting back in when nobody else can. The link works once; whoever has
            it is that admin, so hand it over as you would a password. An earlier link of the same person into the same workspace
            is void; all of theirs are once they set a password, for with it they sign in everywhere.

              usermanagement admin invite acme ada@example.org
            """,
            2,
            [("--hours N", "How long the link works, 1 to 168. Default: 1")],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var hours = Number(call, "hours", 1, 168) ?? 1;
                if (await FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(Missing(call.Operands[0]));
                }

                var invited = await core.Act<Membership.Accounts.InviteAdmin>()
                    .RunAsync(Actor.Operator, workspace.Id, call.Operands[1], TimeSpan.FromHours(hours), ct);
                if (invited.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Admin sign-in: {core.Links.AdminSignIn(invited.Value)}");
                return Exit.Done;
            }
        );

    /// <summary>The workspace of this slug; null when there is none.</summary>
    internal static async Task<WorkspaceContext?> FindAsync(OpenCore core, string slug, CancellationToken ct)
    {
        await using var db = core.Act<Store>().Read();
        return await WorkspaceContext.BySlugAsync(db, slug, ct);
    }

    internal static Membership.Refusal Missing(string slug) =>
        new(Membership.RefusalKind.NotFound, "notFound", $"There is no workspace {slug}. `workspace list` lists all.");

    internal static int? Number(VerbCall call, string option, int least, int most) =>
        call.Option(option) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new UsageException($"--{option} wants a whole number from {least} to {most}.");
}
