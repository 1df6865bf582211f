using Microsoft.AspNetCore.Http;
using UserManagement.Identity.Http;
using UserManagement.Membership;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Identity.SignIn;

/// <summary>
/// A sign-in by which an admin tries a policy, or the holder of a link to the set-up portal what they connected
/// (<see cref="SignInTest"/>): the provider's answer goes to the core, which says whether it would let them in; nobody is signed in. Which test it is stands in the path it returns to, the test's
/// own page; that it is this person's is for the core to say.
/// </summary>
internal static class PolicyTest
{
    private const string Before = "/sign-in/tests/";

    /// <summary>Why a test may not begin; null when it may.</summary>
    public static async Task<IResult?> MayNotBeginAsync(Visit visit, Id<Workspace>? workspace, string back)
    {
        var tests = visit.Act<ReadSignInTest>();
        var read = PortalOf(visit, back) is { } portal
            ? await tests.ForLinkAsync(portal.Actor, workspace ?? default, IdOf(back), true, visit.Ct)
            : await tests.RunAsync(visit.Who!.Account.Id, workspace ?? default, IdOf(back), true, visit.Ct);
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
        var portal = PortalOf(visit, begun.ReturnPath);
        if (portal is null && (visit.Who is null || IsPortal(begun.ReturnPath)))
        {
            return IsPortal(begun.ReturnPath) ? Visit.SeeOther(begun.ReturnPath) : visit.ToSignIn(); // the portal says why
        }

        var (tests, workspace, id) = (visit.Act<AnswerSignInTest>(), begun.Aim.Workspace ?? default, IdOf(begun.ReturnPath));
        var outcome = portal is not null
            ? await tests.ForLinkAsync(portal.Actor, workspace, id, answer, visit.Ct)
            : await tests.RunAsync(visit.Who!, workspace, id, answer, visit.Ct);
        return outcome.Refusal is { } refusal
            ? await RefusedSignIn.ShowAsync(visit, ProviderEndpoints.Connection(visit), begun, refusal, null)
            : Visit.SeeOther(begun.ReturnPath);
    }

    /// <summary>The holder of a link to the set-up portal, where the sign-in is tried from there; null for anybody else.</summary>
    public static PortalVisitor? PortalOf(Visit visit, string back) =>
        IsPortal(back) && visit.Http.Features.Get<PortalSession>() is { } session && session.Visitor.Is(out var visitor, out _)
            ? visitor
            : null;

    private static bool IsPortal(string back) => back.StartsWith("/portal/", StringComparison.Ordinal);

    private static Id<SignInTest> IdOf(string path) =>
        path.IndexOf(Before, StringComparison.Ordinal) is > 0 and var at
        && Id<SignInTest>.TryParse(path[(at + Before.Length)..], out var id)
            ? id
            : default;
}
