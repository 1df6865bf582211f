using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.AuditStreams;
using UserManagement.Ui;

namespace UserManagement.AdminUi.StreamPages;

/// <summary>Where the audit log goes as it is written: a SIEM of the workspace's own.</summary>
internal static class StreamEndpoints
{
    private const string All = "/audit/streams";
    private const string One = All + "/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, Gate.Page(Permission.ConfigureWorkspace, visit => ShowAsync(Draft.Restore(visit, All))));
        routes.MapPost(All, Gate.Act(Gate.FreshForm(_ => All, (visit, refusal) => ShowAsync(visit, refusal), CreateAsync)));
        routes.MapPost(One + "/switch", Gate.Act(Gate.RecentlyAuthenticated(_ => All, SwitchAsync)));
        routes.MapGet(One + "/remove", Gate.Page(Permission.ConfigureWorkspace, ConfirmRemoveAsync));
        routes.MapPost(One + "/remove", Gate.Act(Gate.RecentlyAuthenticated(_ => All, RemoveAsync)));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit.Act<ListAuditStreams>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        return !read.Is(out var streams, out var refused)
            ? Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path())
            : (await Frame.ReadAsync(visit, Place.Audit, refusal)).Show<StreamsScreen>(
                new() { ["Streams"] = streams, ["Typed"] = refusal is not null || visit.IsRestored }
            );
    }

    private static async Task<IResult> CreateAsync(Visit visit)
    {
        var isHttps = visit.Field("kind") == "https";
        var outcome = await visit
            .Act<CreateAuditStream>()
            .RunAsync(
                visit.Actor,
                visit.Workspace.Id,
                new()
                {
                    Name = visit.Field("name"),
                    Kind = isHttps ? AuditStreamKind.Https : AuditStreamKind.Syslog,
                    Address = visit.Field("address").Trim(),
                    Authorities = isHttps ? null : visit.Field("authorities"),
                    Token = isHttps ? visit.Field("token").Trim() : null,
                    FromStart = visit.Ticked("fromStart"),
                },
                visit.Ct
            );
        return outcome.Is(out var made, out var refusal)
            ? Done(visit, $"The log goes to {Note.Cut(made.Name)} from now on.")
            : await RefusedAsync(visit, refusal);
    }

    private static async Task<IResult> SwitchAsync(Visit visit)
    {
        var on = visit.Ticked("on");
        var outcome = await visit
            .Act<ChangeAuditStream>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<AuditStream>(), null, now => now with { Enabled = on }, visit.Ct);
        return outcome.Refusal is { } refusal
            ? await RefusedAsync(visit, refusal)
            : Done(visit, on ? "On. It goes on where it stopped." : "Off. What is written meanwhile waits.");
    }

    private static async Task<IResult> ConfirmRemoveAsync(Visit visit)
    {
        var read = await visit.Act<ListAuditStreams>().OneAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<AuditStream>(), visit.Ct);
        return read.Is(out var found, out var refused)
            ? (await Frame.ReadAsync(visit, Place.Audit)).Show<RemoveStreamScreen>(new() { ["Row"] = found.Row })
            : Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
    }

    private static async Task<IResult> RemoveAsync(Visit visit)
    {
        var outcome = await visit
            .Act<RemoveAuditStream>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<AuditStream>(), visit.Ct);
        return outcome.Is(out var gone, out var refusal)
            ? Done(visit, $"Nothing more goes to {Note.Cut(gone.Name)}.")
            : await RefusedAsync(visit, refusal);
    }

    private static IResult Done(Visit visit, string sentence)
    {
        visit.Leave(new(Tone.Success, sentence));
        return Visit.SeeOther(visit.Path(All));
    }

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.ConfigureWorkspace, refusal, () => ShowAsync(visit, refusal));
}
