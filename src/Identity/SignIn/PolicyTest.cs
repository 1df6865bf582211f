using Microsoft.AspNetCore.Http;
using UserManagement.Identity.Http;
using UserManagement.Membership;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Identity.SignIn;

/// <summary>
/// A sign-in by which an admin tries a policy (<see cref="SignInTest"/>): the provider's answer goes to the core, which
/// says whether it would let them in; nobody is signed in. Which test it is stands in the path it returns to, the test's
/// own page; that it is this person's is for the core to say.
/// </summary>
internal static class PolicyTest
{
    private const string Before = "/sign-in/tests/";

    /// <summary>Why a test may not begin; null when it may.</summary>
    public static async Task<IResult?> MayNotBeginAsync(Visit visit, Id<Workspace>? workspace, string back)
    {
        var read = await visit.Act<ReadSignInTest>().RunAsync(visit.Who!.Account.Id, workspace ?? default, IdOf(back), true, visit.Ct);
        return !read.Is(out var test, out var refusal) ? Visit.Error(Refusals.Status(refusal.Kind), refusal.Message)
            : test.ConnectionId != ProviderEndpoints.Connection(visit) ? Visit.Error(StatusCodes.Status404NotFound)
            : null;
    }

    /// <summary>Takes the answer, and leads back to the page of the test.</summary>
    /// <param name="visit">The request.</param>
    /// <param name="begun">What was begun.</param>
    /// <param name="answer">Whom the provider proved, or why its answer was not accepted.</param>
    public static async Task<IResult> AnswerAsync(Visit visit, BegunSignIn begun, Outcome<ProvenIdentity> answer)
    {
        if (visit.Who is not { } who)
        {
            return visit.ToSignIn();
        }

        var outcome = await visit
            .Act<AnswerSignInTest>()
            .RunAsync(who, begun.Aim.Workspace ?? default, IdOf(begun.ReturnPath), answer, visit.Ct);
        return outcome.Refusal is { } refusal
            ? await RefusedSignIn.ShowAsync(visit, ProviderEndpoints.Connection(visit), begun, refusal, null)
            : Visit.SeeOther(begun.ReturnPath);
    }

    private static Id<SignInTest> IdOf(string path) =>
        path.IndexOf(Before, StringComparison.Ordinal) is > 0 and var at
        && Id<SignInTest>.TryParse(path[(at + Before.Length)..], out var id)
            ? id
            : default;
}
