using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Portals;

/// <summary>A new link, which is shown this once.</summary>
/// <param name="Row">The link as it is kept.</param>
/// <param name="Secret">What stands in its address.</param>
public sealed record IssuedPortalLink(PortalLink Row, string Secret);

/// <summary>A link as somebody wants it.</summary>
/// <param name="Note">For whom it is, 1 to 100 characters.</param>
/// <param name="Opens">What it opens; something.</param>
/// <param name="Days">Days until it ends by itself, 1 to <see cref="CreatePortalLink.MostDays"/>.</param>
/// <param name="MailTo">An address to which it is mailed; null or empty for none.</param>
public sealed record PortalLinkDraft(string Note, PortalScopes Opens, int Days = CreatePortalLink.UsualDays, string? MailTo = null);

/// <summary>
/// Makes a link to the set-up portal, and mails it where an address is given. Refusals: <c>forbidden</c> (also for a part that the actor
/// may not do themselves), <c>signInAgain</c>, <c>notFound</c>, <c>tooManyLinks</c>, <c>peopleOnly</c> (a key asks: what is made by the
/// link would outlive its revocation), a note, address, number of days or choice of parts that is none.
/// </summary>
public sealed class CreatePortalLink(Store store)
{
    /// <summary>How many links of a workspace may be live at once.</summary>
    public const int MostLive = 20;

    /// <summary>The longest life of a link, in days.</summary>
    public const int MostDays = 30;

    /// <summary>How many days a link lives where nobody says.</summary>
    public const int UsualDays = 7;

    /// <summary>Makes it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="draft">The link as wanted.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<IssuedPortalLink>> RunAsync(Actor actor, Id<Workspace> workspaceId, PortalLinkDraft draft, CancellationToken ct) =>
        store.ChangeAsync<IssuedPortalLink>(
            actor,
            workspaceId,
            "portalLink.made",
            async attempt =>
            {
                if (
                    (
                        actor.Demand(workspaceId, Permission.ManageDirectory)
                        ?? CreateApiKey.NoProgram(actor)
                        ?? RecentAuthentication.Check(actor, attempt.At)
                        ?? Wrong(actor, draft)
                    ) is
                    { } refused
                )
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                var now = attempt.At;
                if (
                    await attempt.Db.PortalLinks.CountAsync(
                        l => l.WorkspaceId == workspaceId && l.RevokedAt == null && l.ExpiresAt > now,
                        ct
                    ) >= MostLive
                )
                {
                    return new Refusal(RefusalKind.Conflict, "tooManyLinks", $"{MostLive} links are live. Revoke one first.");
                }

                var secret = Secret.New();
                var address = string.IsNullOrWhiteSpace(draft.MailTo) ? null : Key.Identifier(draft.MailTo.Trim());
                var link = new PortalLink
                {
                    WorkspaceId = workspaceId,
                    Id = Id<PortalLink>.New(attempt.Time),
                    Note = draft.Note.Trim(),
                    TokenHash = Secret.Hash(secret),
                    MailAddress = address,
                    MailSealed = address is null ? null : attempt.Box.SealText(PortalLink.MailPurpose, secret),
                    OpensDirectory = draft.Opens.HasFlag(PortalScopes.Directory),
                    OpensSignIn = draft.Opens.HasFlag(PortalScopes.SignIn),
                    OpensDomain = draft.Opens.HasFlag(PortalScopes.Domain),
                    MadeById = actor.Member,
                    CreatedAt = now,
                    ExpiresAt = Moment.Cut(now.AddDays(draft.Days)),
                };
                attempt.Changes.Add(link);
                // two at once cannot pass the limit
                attempt.Changes.Update(workspace.Row, workspace.Row with { Version = workspace.Row.Version + 1 });
                if (address is not null)
                {
                    attempt.Changes.Send(OutboxKind.PortalLinkMail, link.Id.Value, $"portal:{link.Id}", workspaceId);
                }

                Tell(attempt, "portalLink.made", link);
                return new IssuedPortalLink(link, secret);
            },
            ct
        );

    /// <summary>The line of an act on a link.</summary>
    internal static void Tell(Attempt attempt, string act, PortalLink link) =>
        attempt.Changes.TellFacts(
            act,
            link.WorkspaceId,
            ("portalLink", link.Id.Value, link.Note),
            null,
            new
            {
                link.OpensDirectory,
                link.OpensSignIn,
                link.OpensDomain,
                link.ExpiresAt,
                link.MailAddress,
            }
        );

    private static Refusal? Wrong(Actor actor, PortalLinkDraft draft) =>
        Key.Check("note", draft.Note) is not null || draft.Note.Length > 100
            ? Refusal.Invalid("note", "Say for whom the link is, in 1 to 100 characters.")
        : draft.Days is < 1 or > MostDays ? Refusal.Invalid("days", $"A link lives 1 to {MostDays} days.")
        : draft.Opens == PortalScopes.None ? Refusal.Invalid("opens", "Choose what the link opens.")
        : !actor.Unlimited && (draft.Opens & ~PortalLink.LentBy(actor.Permissions)) != PortalScopes.None
            ? Refusal.Forbidden(
                "A link opens nothing that your own role does not allow: whoever may change the settings can make this one."
            )
        : !string.IsNullOrWhiteSpace(draft.MailTo) && !EmailAddress.IsValid(Key.Identifier(draft.MailTo.Trim()))
            ? Refusal.Invalid("mailTo", "This is no valid e-mail address.")
        : null;
}
