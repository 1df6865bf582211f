using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Rules;

namespace UserManagement.Api.Rules;

/// <summary>Rules by which a directory's word gives roles, licenses and groups.</summary>
internal static class RuleEndpoints
{
    private const string All = "/workspaces/{slug}/rules";
    private const string One = All + "/{id}";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List the group rules", "In their order, with how far the last change is worked through.")
            .Needs(Permission.ManageDirectory)
            .Gives<RulesJson>();
        api.Post(All, CreateAsync)
            .Says(
                "Make a group rule",
                "Behind the others. Everybody is looked at from then on; the list tells how far. Needs members.manage as well."
            )
            .Needs(Permission.ManageDirectory)
            .Reads<RuleWanted>()
            .Gives<RuleJson>(StatusCodes.Status201Created)
            .Versioned();
        api.Put(One, ChangeAsync)
            .Says("Let a group rule say something else", "Needs members.manage as well.")
            .Needs(Permission.ManageDirectory)
            .Reads<RuleWanted>()
            .Gives<RuleJson>()
            .Versioned()
            .IfMatch();
        api.Post(One + "/move", MoveAsync)
            .Says("Put a group rule to another place", "Needs members.manage as well.")
            .Needs(Permission.ManageDirectory)
            .Reads<RulePlace>()
            .Gives<RuleJson>();
        api.Delete(One, DeleteAsync)
            .Says("Delete a group rule", "What it gave goes; what people have beside it counts again. Needs members.manage as well.")
            .Needs(Permission.ManageDirectory)
            .IfMatch();
        api.Post(All + "/preview", PreviewAsync)
            .Says(
                "Look at what a change of the group rules would do",
                "Nothing is changed. Of very many people the first are looked at; isExact tells. Needs members.manage as well."
            )
            .Needs(Permission.ManageDirectory)
            .Reads<RuleTrial>()
            .Gives<RulePreviewJson>();
        api.Post(All + "/run", RunAsync)
            .Says("Look at everybody again", "For whom there was no room the last time. Needs members.manage as well.")
            .Needs(Permission.ManageDirectory);
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ListRules>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var list, out var refusal)
            ? ApiAnswer.Ok(RulesJson.Of(list))
            : refusal;

    private static Task<ApiAnswer> CreateAsync(ApiCall call) =>
        call.WithAsync<RuleWanted>(async wanted =>
            (await call.Act<CreateRule>().RunAsync(call.Actor, call.Workspace.Id, wanted.Draft(), call.Ct)).Is(
                out var rule,
                out var refusal
            )
                ? ApiAnswer.Created(RuleJson.Of(rule, null, 0), call.Path("/rules"), rule.Version)
                : refusal
        );

    private static Task<ApiAnswer> ChangeAsync(ApiCall call) =>
        call.WithAsync<RuleWanted>(async wanted =>
            await ShownAsync(
                call,
                await call.Act<ChangeRule>()
                    .RunAsync(call.Actor, call.Workspace.Id, call.RouteId<GroupRule>(), call.Seen, wanted.Draft(), call.Ct)
            )
        );

    private static Task<ApiAnswer> MoveAsync(ApiCall call) =>
        call.WithAsync<RulePlace>(async wanted =>
            await ShownAsync(
                call,
                await call.Act<MoveRule>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<GroupRule>(), wanted.Place, call.Ct)
            )
        );

    private static async Task<ApiAnswer> DeleteAsync(ApiCall call) =>
        (await call.Act<DeleteRule>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<GroupRule>(), call.Seen, call.Ct)).Refusal
            is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static Task<ApiAnswer> PreviewAsync(ApiCall call) =>
        call.WithAsync<RuleTrial>(async trial =>
        {
            RuleEdit edit = (trial.Id, trial.Rule) switch
            {
                ({ } id, { } rule) => new RuleEdit.Change(new(id), null, rule.Draft()),
                ({ } id, null) => new RuleEdit.Delete(new(id), null),
                (null, var rule) => new RuleEdit.Create(rule?.Draft() ?? new() { Name = "", Asks = RuleAsks.Group }),
            };

            return (await call.Act<PreviewRules>().RunAsync(call.Actor, call.Workspace.Id, edit, call.Ct)).Is(
                out var preview,
                out var refusal
            )
                ? ApiAnswer.Ok(RulePreviewJson.Of(preview))
                : refusal;
        });

    private static async Task<ApiAnswer> RunAsync(ApiCall call) =>
        (await call.Act<ResolveRules>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Refusal is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static async Task<ApiAnswer> ShownAsync(ApiCall call, Outcome<GroupRule> outcome)
    {
        if (!outcome.Is(out var rule, out var refusal))
        {
            return refusal;
        }

        var list = await call.Act<ListRules>().RunAsync(call.Actor, call.Workspace.Id, call.Ct);
        var standing = list.Is(out var rules, out _) ? rules.Rules.Rules.FirstOrDefault(r => r.Rule.Id == rule.Id) : null;
        return ApiAnswer.Ok(RuleJson.Of(rule, standing?.Broken, rules?.Gives.GetValueOrDefault(rule.Id) ?? 0), rule.Version);
    }
}
