using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UserManagement.Identity.Http;
using UserManagement.Identity.Invite;
using UserManagement.Identity.Logins;
using UserManagement.Membership;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Identity.SignIn;

/// <summary>What the page of a sign-in that led nowhere shows.</summary>
public sealed record RefusedModel
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>Why.</summary>
    public required string Sentence { get; init; }

    /// <summary>The provider's name; null when its connection is gone.</summary>
    public string? Provider { get; init; }

    /// <summary>Where the sign-in begins anew; null where that is no use.</summary>
    public string? AgainHref { get; init; }

    /// <summary>Whether beginning anew asks for another account, and not for another try.</summary>
    public bool OtherAccount { get; init; }

    /// <summary>The way back.</summary>
    public required string BackHref { get; init; }

    /// <summary>Its text.</summary>
    public required string BackLabel { get; init; }

    /// <summary>The sealed report for the inviter; null where there is nothing to correct.</summary>
    public string? Ask { get; init; }

    /// <summary>The sealed identity that a password can be put to; null where that would not help.</summary>
    public string? Pending { get; init; }

    /// <summary>Whether the account with the password is known to be there, and the form stands open.</summary>
    public bool PendingOpen { get; init; }

    /// <summary>Where to go after linking; a local path.</summary>
    public string ReturnUrl { get; init; } = "/";

    /// <summary>The name typed beside the password; empty at first.</summary>
    public string Login { get; init; } = "";

    /// <summary>Why the password did not help; null at first.</summary>
    public Refusal? Failure { get; init; }
}

/// <summary>
/// Turns refusals of sign-ins at providers into a page with a sentence and the next step. None is a fault, none tells of others.
/// </summary>
internal static class RefusedSignIn
{
    /// <summary>Shows it.</summary>
    /// <param name="visit">The request.</param>
    /// <param name="id">The connection.</param>
    /// <param name="begun">What the sign-in was begun for; null when the browser does not know.</param>
    /// <param name="refusal">Why not.</param>
    /// <param name="identity">Who it would have been; null when the answer itself was refused.</param>
    public static async Task<IResult> ShowAsync(
        Visit visit,
        Id<IdentityConnection> id,
        BegunSignIn? begun,
        Refusal refusal,
        ProvenIdentity? identity
    )
    {
        if (identity is not null)
        {
            Log(visit, id, refusal); // an answer that was not believed has its line from the relying party
        }

        if (begun is { Aim.InvitationSecret: { } closed } && refusal.Code is "invitationClosed" or "notFound")
        {
            return await InviteEndpoints.ShowAsync(visit, closed, null);
        }

        var connection = (await visit.Act<FindConnection>().RunAsync(id, visit.Ct)).Is(out var open, out _) ? open.Row : null;
        var told = RefusalWords.Of(refusal, connection?.Name);
        return Visit.Show<RefusedPage>(new { Model = await ModelAsync(visit, connection, begun, told, identity) }, told);
    }

    /// <summary>The line of a sign-in that the core refused: by which connection and why, and no word of who it was.</summary>
    public static void Log(Visit visit, Id<IdentityConnection>? connection, Refusal refusal) =>
        visit
            .Act<ILoggerFactory>()
            .CreateLogger(typeof(RefusedSignIn))
            .LogInformation(
                "A sign-in through {Connection} was refused: {Code}",
                connection is { } id ? $"connection {id}" : "a password or passkey",
                refusal.Code
            );

    /// <summary>Shows the page again on which a password was put to a proven identity.</summary>
    public static async Task<IResult> ShowPendingAsync(Visit visit, PendingLink pending, Refusal refusal)
    {
        var connection = (await visit.Act<FindConnection>().RunAsync(pending.Identity.ConnectionId, visit.Ct)).Is(out var open, out _)
            ? open.Row
            : null;
        return Visit.Show<RefusedPage>(
            new
            {
                Model = new RefusedModel
                {
                    Title = RefusalWords.Title("otherAccount"),
                    Sentence =
                        $"Sign in with the password of your account here; {connection?.Name ?? "the provider"} is linked to it at once.",
                    Provider = connection?.Name,
                    BackHref = "/signin",
                    BackLabel = "Sign in another way",
                    Pending = visit.Field("pending"),
                    PendingOpen = true,
                    ReturnUrl = pending.ReturnPath,
                    Login = visit.Field("login") is { Length: <= 200 } login ? login : "",
                    Failure = refusal,
                },
            },
            refusal
        );
    }

    private static async Task<RefusedModel> ModelAsync(
        Visit visit,
        IdentityConnection? connection,
        BegunSignIn? begun,
        Refusal refusal,
        ProvenIdentity? identity
    )
    {
        var secret = begun?.Aim.InvitationSecret;
        var slug = await SlugAsync(visit, begun?.Aim.Workspace);
        var back = begun?.ReturnPath ?? "/";
        var start =
            secret is not null ? $"/invite/{secret}/signin/{connection?.Id}?choose=1"
            : connection is null ? null
            : ProviderEndpoints.StartPath(connection.Id, back, slug, choose: true, again: begun is { ProveAnew: true });
        return new()
        {
            Title = RefusalWords.Title(refusal.Code),
            Sentence =
                refusal.Code == "unknownPerson" && slug is null
                    ? refusal.Message + " If you know the address of your workspace, sign in there."
                    : refusal.Message,
            Provider = connection?.Name,
            AgainHref = connection is null || begun?.Purpose is SignInPurpose.Link or SignInPurpose.Test ? null : start,
            OtherAccount = identity is not null || RefusalWords.IsWrongAccount(refusal.Code),
            BackHref = begun switch
            {
                { Purpose: SignInPurpose.Link } => LinkEndpoints.Path,
                { Purpose: SignInPurpose.Test } => back,
                _ when secret is not null => $"/invite/{secret}?here=1", // not straight to the provider again
                _ => (slug is null ? "/signin" : $"/w/{slug}/signin") + "?returnUrl=" + Uri.EscapeDataString(back),
            },
            BackLabel =
                secret is not null ? "Back to the invitation"
                : begun?.Purpose is SignInPurpose.Link or SignInPurpose.Test ? "Back"
                : "Sign in another way",
            Ask =
                secret is not null && identity is not null && connection is not null && CanBeCorrected(refusal.Code)
                    ? Ticket<CorrectionTicket>.Seal(visit, new(secret, refusal.Code, connection.Name, identity.UserName))
                    : null,
            Pending =
                secret is null && identity is not null && refusal.Code is "otherAccount" or "unknownPerson"
                    ? Ticket<PendingLink>.Seal(visit, new(identity!, back))
                    : null,
            PendingOpen = refusal.Code == "otherAccount",
            ReturnUrl = back,
        };
    }

    /// <summary>Whether another invitation would let this account in.</summary>
    public static bool CanBeCorrected(string code) =>
        code is "wrongProvider" or "wrongTenant" or "wrongUserName" or "connectionNotTaken" or "organisationNotTaken";

    private static async Task<string?> SlugAsync(Visit visit, Id<Workspace>? id)
    {
        if (id is not { } workspace)
        {
            return null;
        }

        await using var db = visit.Act<Membership.Data.Store>().Read();
        return (await WorkspaceContext.ByIdAsync(db, workspace, visit.Ct))?.Row.Slug;
    }
}

/// <summary>What somebody asks the inviter to correct.</summary>
internal sealed record CorrectionTicket(string Secret, string Code, string Provider, string? UserName);

/// <summary>An identity that was proven and leads to no account yet, until its owner names one with a password.</summary>
internal sealed record PendingLink(ProvenIdentity Identity, string ReturnPath);
