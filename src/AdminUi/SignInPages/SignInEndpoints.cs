using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.SignInPages;

/// <summary>How people sign in to the workspace: its connections, its policy, and trying a policy before it is enforced.</summary>
internal static class SignInEndpoints
{
    private const string Page = "/sign-in";
    private const string Test = "/sign-in/tests/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", Gate.Page(Permission.ConfigureWorkspace, ShowPolicyAsync));
        routes.MapPost("/sign-in/policy", Gate.Act(SaveAsync));
        routes.MapPost("/sign-in/tests", Gate.Act(BeginAsync));
        routes.MapGet(Test, Gate.Page(Permission.ConfigureWorkspace, visit => ShowTestAsync(visit)));
        routes.MapPost(Test + "/again", Gate.Act(AgainAsync));
        routes.MapPost(Test + "/enforce", Gate.Act(EnforceAsync));
        ConnectionEndpoints.Map(routes);
    }

    private static Task<IResult> ShowPolicyAsync(Visit visit)
    {
        visit = Draft.Restore(visit, Page);
        return ShowAsync(visit, visit.IsRestored ? PolicyForm.Read(visit) : PolicyForm.Of(visit.Workspace));
    }

    private static async Task<IResult> ShowAsync(Visit visit, PolicyForm form, Refusal? refusal = null)
    {
        var read = await visit.Act<ConnectionPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var connections, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.SignIn, refusal);
        var failed = (await visit.Act<ReadFailedSignIns>().OfPlatformAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Is(
            out var some,
            out _
        )
            ? some
            : null;
        return frame.Show<SignInScreen>(
            new()
            {
                ["Connections"] = connections,
                ["Form"] = form,
                ["Failed"] = failed,
            }
        );
    }

    private static async Task<IResult> SaveAsync(Visit visit)
    {
        var form = PolicyForm.Read(visit);
        var refusal = await ChangeAsync(visit, form.Version, form.Over(visit.Configuration.SignIn));
        if (refusal is null)
        {
            visit.Leave(new(Tone.Success, "Saved. The policy holds from the next request on."));
            return Visit.SeeOther(visit.Path("/sign-in"));
        }

        return refusal.Code == "signInAgain"
            ? await Gate.AgainAsync(visit, Page, refusal, (_, old) => ShowAsync(visit, form, old))
            : await RefusedAsync(visit, refusal, () => ShowAsync(visit, form, refusal));
    }

    /// <summary>The button "Try it": the connection's id for the policy in force, or a policy that was typed.</summary>
    private static async Task<IResult> BeginAsync(Visit visit)
    {
        var form = visit.Form.ContainsKey("passwords") ? PolicyForm.Read(visit) : null;
        _ = Id<IdentityConnection>.TryParse(visit.Field("via"), out var via);
        var outcome = await visit
            .Act<BeginSignInTest>()
            .RunAsync(visit.Actor, visit.Workspace.Id, via, form?.Over(visit.Configuration.SignIn), visit.Ct);
        if (outcome.Is(out var test, out var refusal))
        {
            return Visit.SeeOther(visit.Path($"/sign-in/tests/{test.Id}"));
        }

        // No connection was chosen, or it went away since the page was shown: the page stands, with the policy as typed.
        var told = refusal.Kind == RefusalKind.NotFound ? Refusal.Invalid("via", "Choose the connection to try it with.") : refusal;
        return await RefusedAsync(visit, told, () => ShowAsync(visit, form ?? PolicyForm.Of(visit.Workspace), told));
    }

    private static async Task<IResult> ShowTestAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit
            .Act<ReadSignInTest>()
            .RunAsync(visit.Account.Id, visit.Workspace.Id, visit.RouteId<SignInTest>(), false, visit.Ct);
        var connections = await visit.Act<ConnectionPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var test, out var refused) || !connections.Is(out var all, out refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path("/sign-in"));
        }

        var frame = await Frame.ReadAsync(visit, Place.SignIn, refusal);
        return frame.Show<TestScreen>(new() { ["Test"] = test, ["Connections"] = all });
    }

    private static async Task<IResult> AgainAsync(Visit visit)
    {
        var read = await visit
            .Act<ReadSignInTest>()
            .RunAsync(visit.Account.Id, visit.Workspace.Id, visit.RouteId<SignInTest>(), false, visit.Ct);
        var before = read.Is(out var test, out _) ? test : null;
        var outcome = await visit
            .Act<BeginSignInTest>()
            .RunAsync(visit.Actor, visit.Workspace.Id, before?.ConnectionId ?? default, before?.Draft, visit.Ct);
        return outcome.Is(out var next, out var refusal)
            ? Visit.SeeOther(visit.Path($"/sign-in/tests/{next.Id}"))
            : await RefusedAsync(visit, refusal, () => ShowTestAsync(visit, refusal));
    }

    private static async Task<IResult> EnforceAsync(Visit visit)
    {
        if (!visit.Actor.May(Permission.ConfigureWorkspace))
        {
            // The core says no, and writes down who tried.
            var no = await ChangeAsync(visit, "", visit.Configuration.SignIn);
            return Visit.Error(Refusals.Status(no!.Kind), no.Message, visit.Path());
        }

        var read = await visit
            .Act<ReadSignInTest>()
            .RunAsync(visit.Account.Id, visit.Workspace.Id, visit.RouteId<SignInTest>(), false, visit.Ct);
        var refusal = read.Is(out var test, out var refused) ? await ChangeAsync(visit, visit.Field("version"), test.Draft) : refused;
        if (refusal is null)
        {
            visit.Leave(new(Tone.Success, "Saved. The policy that you tried holds from the next request on."));
            return Visit.SeeOther(visit.Path("/sign-in"));
        }

        return refusal.Code == "signInAgain"
            ? Gate.ToAgain(visit, $"/sign-in/tests/{visit.RouteId<SignInTest>()}")
            : await RefusedAsync(visit, refusal, () => ShowTestAsync(visit, refusal));
    }

    private static async Task<Refusal?> ChangeAsync(Visit visit, string version, SignInRules rules)
    {
        _ = long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        return (
            await visit
                .Act<ChangeConfiguration>()
                .RunAsync(visit.Actor, visit.Workspace.Id, seen, visit.Configuration with { SignIn = rules }, visit.Ct)
        ).Refusal;
    }

    /// <summary>Shows a refusal on the page it belongs to, or as a page of its own.</summary>
    internal static Task<IResult> RefusedAsync(Visit visit, Refusal refusal, Func<Task<IResult>> page) =>
        Gate.RefusedAsync(visit, Permission.ConfigureWorkspace, refusal, page);
}
