using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.RulePages;

/// <summary>The rules by which the directory's word gives roles, licenses and groups.</summary>
internal static class RuleEndpoints
{
    private const string One = "/rules/{id}";
    private const int MostOffered = 200;
    private const string RefreshEvery = "2";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/rules", Gate.Page(Permission.ManageDirectory, visit => ListAsync(visit)));
        routes.MapGet("/rules/new", Gate.Page(Permission.ManageDirectory, visit => FormAsync(visit, null, new())));
        routes.MapPost("/rules/new", Gate.Act(visit => SaveAsync(visit, null)));
        routes.MapPost("/rules/settings", Gate.Act(SettingsAsync));
        routes.MapPost("/rules/run", Gate.Act(RunAsync));
        routes.MapGet(One, Gate.Page(Permission.ManageDirectory, EditAsync));
        routes.MapPost(One, Gate.Act(visit => SaveAsync(visit, visit.RouteId<GroupRule>())));
        routes.MapPost(One + "/move", Gate.Act(MoveAsync));
        routes.MapGet(One + "/delete", Gate.Page(Permission.ManageDirectory, ConfirmAsync));
        routes.MapPost(One + "/delete", Gate.Act(DeleteAsync));
    }

    private static async Task<IResult> ListAsync(Visit visit, Refusal? refusal = null)
    {
        if (!(await visit.Act<ListRules>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Is(out var list, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        if (list.Run is { DoneAt: null } && refusal is null)
        {
            visit.Http.Response.Headers["Refresh"] = RefreshEvery; // no script is needed, and none may fail
        }

        var frame = await Frame.ReadAsync(visit, Place.Rules, refusal);
        return frame.Show<RulesScreen>(new() { ["List"] = list });
    }

    private static async Task<IResult> FormAsync(
        Visit visit,
        GroupRule? rule,
        RuleForm form,
        Refusal? refusal = null,
        RulePreview? preview = null
    )
    {
        var frame = await Frame.ReadAsync(visit, Place.Rules, refusal);
        return frame.Show<RuleScreen>(
            new()
            {
                ["Rule"] = rule,
                ["Form"] = form,
                ["Preview"] = preview,
                ["Offered"] = await visit.Act<RuleGroups>().NamesAsync(visit.Workspace.Id, MostOffered, visit.Ct),
            }
        );
    }

    private static async Task<IResult> EditAsync(Visit visit)
    {
        var (list, rule, error) = await FoundAsync(visit, visit.RouteId<GroupRule>());
        return error ?? await FormAsync(visit, rule, RuleForm.Of(list!.Rules, rule!));
    }

    private static async Task<IResult> SaveAsync(Visit visit, Id<GroupRule>? id)
    {
        var form = RuleForm.Of(visit);
        GroupRule? rule = null;
        if (id is { } there)
        {
            (_, rule, var error) = await FoundAsync(visit, there);
            if (error is not null)
            {
                return error;
            }
        }

        if (!(await form.DraftAsync(visit)).Is(out var draft, out var refusal))
        {
            return await RefusedAsync(refusal);
        }

        if (visit.Field("do") == "preview")
        {
            RuleEdit edit = id is { } one ? new RuleEdit.Change(one, form.Seen, draft) : new RuleEdit.Create(draft);
            return (await visit.Act<PreviewRules>().RunAsync(visit.Actor, visit.Workspace.Id, edit, visit.Ct)).Is(
                out var preview,
                out refusal
            )
                ? await FormAsync(visit, rule, form, preview: preview)
                : await RefusedAsync(refusal);
        }

        var saved = id is { } changed
            ? await visit.Act<ChangeRule>().RunAsync(visit.Actor, visit.Workspace.Id, changed, form.Seen, draft, visit.Ct)
            : await visit.Act<CreateRule>().RunAsync(visit.Actor, visit.Workspace.Id, draft, visit.Ct);
        if (!saved.Is(out var done, out refusal))
        {
            return await RefusedAsync(refusal);
        }

        visit.Leave(new(Tone.Success, $"The rule {Note.Cut(done.Name)} is saved. Everybody is looked at now."));
        return Visit.SeeOther(visit.Path("/rules"));

        Task<IResult> RefusedAsync(Refusal no) =>
            Gate.RefusedAsync(visit, Permission.ManageDirectory, no, () => FormAsync(visit, rule, form, no));
    }

    private static async Task<IResult> MoveAsync(Visit visit)
    {
        _ = int.TryParse(visit.Field("place"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var place);
        var outcome = await visit.Act<MoveRule>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<GroupRule>(), place, visit.Ct);
        return outcome.Refusal is { } refusal ? await RefusedAsync(visit, refusal) : Visit.SeeOther(visit.Path("/rules"));
    }

    private static async Task<IResult> ConfirmAsync(Visit visit)
    {
        var (_, rule, error) = await FoundAsync(visit, visit.RouteId<GroupRule>());
        if (error is not null)
        {
            return error;
        }

        var preview = await visit
            .Act<PreviewRules>()
            .RunAsync(visit.Actor, visit.Workspace.Id, new RuleEdit.Delete(rule!.Id, null), visit.Ct);
        if (!preview.Is(out var foreseen, out var refusal))
        {
            return Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path("/rules"));
        }

        var frame = await Frame.ReadAsync(visit, Place.Rules);
        return frame.Show<DeleteRuleScreen>(new() { ["Rule"] = rule, ["Preview"] = foreseen });
    }

    private static async Task<IResult> DeleteAsync(Visit visit)
    {
        var outcome = await visit.Act<DeleteRule>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<GroupRule>(), null, visit.Ct);
        if (!outcome.Is(out var gone, out var refusal))
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(new(Tone.Success, $"The rule {Note.Cut(gone.Name)} is deleted. What it gave goes now."));
        return Visit.SeeOther(visit.Path("/rules"));
    }

    private static async Task<IResult> SettingsAsync(Visit visit)
    {
        _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        var settings = new RuleSettings
        {
            Mode = visit.Field("mode") == "highest" ? RuleMode.HighestRank : RuleMode.FirstMatch,
            MayGiveAdmin = visit.Ticked("mayGiveAdmin"),
        };
        var wanted = visit.Configuration with { Rules = settings == new RuleSettings() ? null : settings };
        var outcome = await visit.Act<ChangeConfiguration>().RunAsync(visit.Actor, visit.Workspace.Id, seen, wanted, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(new(Tone.Success, "How the rules work together is saved."));
        return Visit.SeeOther(visit.Path("/rules"));
    }

    private static async Task<IResult> RunAsync(Visit visit) =>
        (await visit.Act<ResolveRules>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Refusal is { } refusal
            ? await RefusedAsync(visit, refusal)
            : Visit.SeeOther(visit.Path("/rules"));

    private static async Task<(RuleList? List, GroupRule? Rule, IResult? Error)> FoundAsync(Visit visit, Id<GroupRule> id)
    {
        var read = await visit.Act<ListRules>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        return !read.Is(out var list, out var refused)
                ? (null, null, Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path()))
            : list.Rules.Find(id.ToString()) is { } rule ? (list, rule, null)
            : (list, null, Visit.Error(StatusCodes.Status404NotFound, "There is no such rule any more.", visit.Path("/rules")));
    }

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.ManageDirectory, refusal, () => ListAsync(visit, refusal));
}
