using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Ui;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.AuditPages;

/// <summary>How pages tell a line of the audit log: a picture, a colour, and what was done in words.</summary>
/// <param name="Icon">Picture.</param>
/// <param name="Tone">Colour.</param>
/// <param name="Did">What the actor did, as the middle of a sentence: "suspended".</param>
/// <param name="NamesTarget">Whether the sentence goes on with the name of what it was done to.</param>
public sealed record AuditWords(IconName Icon, Tone Tone, string Did, bool NamesTarget = true)
{
    private static readonly Dictionary<string, AuditWords> Known = new(StringComparer.Ordinal)
    {
        ["account.created"] = new(IconName.Person, Tone.Success, "made the account of"),
        ["account.locked"] = new(IconName.Ban, Tone.Warning, "was locked out after wrong passwords:"),
        ["account.signedIn"] = new(IconName.Key, Tone.Neutral, "signed in as"),
        ["account.provenAgain"] = new(IconName.Key, Tone.Neutral, "proved again who they are, as"),
        ["account.loginDropped"] = new(IconName.Link, Tone.Warning, "lost a way to sign in, which names somebody else now:"),
        ["account.erased"] = new(IconName.Trash, Tone.Danger, "erased the account"),
        ["address.proven"] = new(IconName.Check, Tone.Success, "proved the address of"),
        ["admin.invited"] = new(IconName.Mail, Tone.Warning, "made a sign-in link for the admin"),
        ["login.linked"] = new(IconName.Link, Tone.Accent, "added a way to sign in to the account"),
        ["login.unlinked"] = new(IconName.Link, Tone.Warning, "took away a way to sign in from the account"),
        ["passkey.added"] = new(IconName.Key, Tone.Success, "added a passkey to the account"),
        ["passkey.copied"] = new(IconName.Ban, Tone.Danger, "signed in with a passkey that may have been copied, as"),
        ["passkey.removed"] = new(IconName.Key, Tone.Danger, "removed a passkey of the account"),
        ["passkey.renamed"] = new(IconName.Key, Tone.Neutral, "renamed a passkey of the account"),
        ["recoveryCode.used"] = new(IconName.Key, Tone.Warning, "used a recovery code as"),
        ["recoveryCodes.made"] = new(IconName.Key, Tone.Accent, "made new recovery codes for"),
        ["secondFactor.locked"] = new(IconName.Ban, Tone.Warning, "was locked out after wrong second factors:"),
        ["secondFactor.proven"] = new(IconName.Shield, Tone.Neutral, "proved the second factor as"),
        ["session.ended"] = new(IconName.Logout, Tone.Neutral, "signed out as"),
        ["sessions.ended"] = new(IconName.Logout, Tone.Neutral, "ended other sessions of"),
        ["totp.added"] = new(IconName.Shield, Tone.Success, "added an authenticator app to the account"),
        ["totp.removed"] = new(IconName.Shield, Tone.Danger, "removed the authenticator app of the account"),
        ["passwordReset.requested"] = new(IconName.Key, Tone.Info, "asked for a password reset as"),
        ["passwordReset.mailed"] = new(IconName.Mail, Tone.Info, "mailed the password reset to"),
        ["connection.changed"] = new(IconName.Link, Tone.Accent, "changed the connection"),
        ["connection.created"] = new(IconName.Link, Tone.Success, "added the connection"),
        ["connection.removed"] = new(IconName.Link, Tone.Danger, "removed the connection"),
        ["workspace.restored"] = new(IconName.Warning, Tone.Danger, "set back to a backup the server of"),
        ["workspace.directoryConfirmed"] = new(IconName.Check, Tone.Success, "confirmed that the directory was synchronised in full for"),
        ["auditStream.created"] = new(IconName.External, Tone.Warning, "lets the audit log go to"),
        ["auditStream.changed"] = new(IconName.External, Tone.Warning, "changed where the audit log goes:"),
        ["auditStream.removed"] = new(IconName.External, Tone.Danger, "lets the audit log no more go to"),
        ["audit.exported"] = new(IconName.Download, Tone.Warning, "exported lines of the audit log of"),
        ["apiKey.created"] = new(IconName.Key, Tone.Warning, "made the API key"),
        ["apiKey.revoked"] = new(IconName.Key, Tone.Danger, "revoked the API key"),
        ["app.tokenReused"] = new(IconName.Ban, Tone.Danger, "refused a token that came twice, and ended its sign-in at the app"),
        ["client.created"] = new(IconName.Key, Tone.Warning, "registered the app"),
        ["client.changed"] = new(IconName.Key, Tone.Warning, "changed the app"),
        ["client.removed"] = new(IconName.Key, Tone.Danger, "removed the app"),
        ["client.secretAdded"] = new(IconName.Key, Tone.Warning, "made a secret for the app"),
        ["client.secretRemoved"] = new(IconName.Key, Tone.Danger, "took a secret away from the app"),
        ["consent.withdrawn"] = new(IconName.Ban, Tone.Info, "withdrew what they had agreed to from the app"),
        ["approval.asked"] = new(IconName.Shield, Tone.Warning, "asked a second admin whether to"),
        ["approval.approved"] = new(IconName.Shield, Tone.Success, "approved to"),
        ["approval.rejected"] = new(IconName.Shield, Tone.Danger, "rejected to"),
        ["approval.used"] = new(IconName.Shield, Tone.Info, "did what was approved:"),
        ["cycle.undone"] = new(IconName.Refresh, Tone.Warning, "undid"),
        ["cycle.undoFinished"] = new(IconName.Check, Tone.Info, "has undone"),
        ["group.changed"] = new(IconName.Group, Tone.Accent, "changed the group"),
        ["group.created"] = new(IconName.Group, Tone.Success, "made the group"),
        ["group.deleted"] = new(IconName.Group, Tone.Danger, "deleted the group"),
        ["group.membersChanged"] = new(IconName.Group, Tone.Accent, "changed who is in"),
        ["group.undone"] = new(IconName.Refresh, Tone.Accent, "undid what a cycle made of the group"),
        ["group.passedOver"] = new(IconName.Directory, Tone.Warning, "sent what is not kept, about the group"),
        ["invitation.accepted"] = new(IconName.Check, Tone.Success, "accepted the invitation of"),
        ["invitation.created"] = new(IconName.Mail, Tone.Info, "invited"),
        ["invitation.mailed"] = new(IconName.Mail, Tone.Info, "mailed the invitation to"),
        ["invitation.mailDelayed"] = new(IconName.Clock, Tone.Warning, "could not mail yet, and will try again, the invitation of"),
        ["invitation.mailRefused"] = new(IconName.Mail, Tone.Danger, "could not mail the invitation of"),
        ["invitation.correctionAsked"] = new(
            IconName.Edit,
            Tone.Warning,
            "has another address than invited, and asked to correct the invitation of"
        ),
        ["invitation.linkCopied"] = new(IconName.Link, Tone.Warning, "took the invitation link of"),
        ["invitation.reminded"] = new(IconName.Clock, Tone.Info, "reminded of the invitation"),
        ["mail.tested"] = new(IconName.Mail, Tone.Info, "sent a test mail from"),
        ["invitation.resent"] = new(IconName.Mail, Tone.Info, "sent again the invitation of"),
        ["invitation.revoked"] = new(IconName.Ban, Tone.Danger, "revoked the invitation of"),
        ["invitations.drafted"] = new(IconName.Mail, Tone.Neutral, "uploaded people to invite"),
        ["invitations.imported"] = new(IconName.Mail, Tone.Info, "sent invitations from a file"),
        ["inviteLink.made"] = new(IconName.Link, Tone.Warning, "made the invite link for"),
        ["inviteLink.copied"] = new(IconName.Link, Tone.Warning, "took the invite link for"),
        ["inviteLink.ended"] = new(IconName.Ban, Tone.Danger, "switched off the invite link for"),
        ["emailDomain.claimed"] = new(IconName.External, Tone.Info, "claimed the domain"),
        ["emailDomain.proven"] = new(IconName.Check, Tone.Success, "proved the domain"),
        ["emailDomain.proofLost"] = new(IconName.Warning, Tone.Danger, "found no proof any more of the domain"),
        ["emailDomain.changed"] = new(IconName.External, Tone.Accent, "changed what is opened by the domain"),
        ["emailDomain.removed"] = new(IconName.Trash, Tone.Danger, "gave up the domain"),
        ["domainJoin.allowed"] = new(IconName.Settings, Tone.Accent, "said whether people join by domain:"),
        ["joinRequest.made"] = new(IconName.Person, Tone.Info, "asked to join:"),
        ["joinRequest.approved"] = new(IconName.Check, Tone.Success, "let in"),
        ["joinRequest.rejected"] = new(IconName.Ban, Tone.Danger, "did not let in"),
        ["member.termSet"] = new(IconName.Clock, Tone.Neutral, "set until when they are a {person}:"),
        ["member.admissionHeld"] = new(IconName.Clock, Tone.Warning, "would let in, which is held,"),
        ["member.deactivationHeld"] = new(IconName.Clock, Tone.Warning, "would deactivate, which is held,"),
        ["member.deletionHeld"] = new(IconName.Clock, Tone.Warning, "would delete, which is held,"),
        ["member.matched"] = new(IconName.Person, Tone.Warning, "took for its own, which is held,"),
        ["member.accessHeld"] = new(IconName.Clock, Tone.Warning, "would change by rules, which is held, what is had by"),
        ["held.released"] = new(IconName.Check, Tone.Accent, "carried out what the directory says of"),
        ["member.merged"] = new(IconName.People, Tone.Accent, "made one person of somebody who was here and"),
        ["member.mergedInto"] = new(IconName.People, Tone.Accent, "let go on as the person whom the directory brought:"),
        ["held.kept"] = new(IconName.Shield, Tone.Accent, "kept as they are, whatever the directory says,"),
        ["held.decided"] = new(IconName.Shield, Tone.Accent, "decided on all that is held of"),
        ["directory.held"] = new(IconName.Clock, Tone.Warning, "began to hold what is said by"),
        ["directory.breakerOpened"] = new(IconName.Alert, Tone.Danger, "opened the breaker for"),
        ["member.termEnded"] = new(IconName.Clock, Tone.Warning, "ended on its date the time of"),
        ["seat.given"] = new(IconName.Seat, Tone.Success, "gave a seat, in turn, to"),
        ["group.seatPriority"] = new(IconName.Seat, Tone.Neutral, "set the priority for seats of"),
        ["plan.set"] = new(IconName.Seat, Tone.Accent, "changed the plan of"),
        ["seats.assigned"] = new(IconName.Seat, Tone.Success, "assigned the free seats of"),
        ["seats.takenBack"] = new(IconName.Seat, Tone.Warning, "took back seats of"),
        ["accessReview.started"] = new(IconName.Audit, Tone.Info, "began an access review of"),
        ["accessReview.decided"] = new(IconName.Check, Tone.Accent, "reviewed the access of"),
        ["accessReview.finished"] = new(IconName.Audit, Tone.Success, "finished the access review of"),
        ["accessReview.exported"] = new(IconName.Download, Tone.Warning, "took the record of an access review of"),
        ["aiCoordinator.changed"] = new(IconName.Person, Tone.Accent, "changed the AI Coordinator of"),
        ["license.changed"] = new(IconName.Seat, Tone.Accent, "changed the license of"),
        ["member.activated"] = new(IconName.Check, Tone.Success, "activated"),
        ["member.deactivated"] = new(IconName.Ban, Tone.Warning, "deactivated"),
        ["member.deleted"] = new(IconName.Trash, Tone.Danger, "deleted"),
        ["member.edited"] = new(IconName.Edit, Tone.Accent, "edited"),
        ["member.joined"] = new(IconName.Check, Tone.Success, "joined by signing in:"),
        ["member.linked"] = new(IconName.Link, Tone.Info, "linked the account to"),
        ["member.passedOver"] = new(IconName.Directory, Tone.Warning, "sent what is not kept, about"),
        ["member.provisioned"] = new(IconName.Directory, Tone.Success, "provisioned"),
        ["member.removed"] = new(IconName.Trash, Tone.Danger, "removed"),
        ["member.restored"] = new(IconName.Refresh, Tone.Success, "restored"),
        ["member.revised"] = new(IconName.Directory, Tone.Accent, "updated"),
        ["member.suspended"] = new(IconName.Ban, Tone.Warning, "suspended"),
        ["members.changeStarted"] = new(IconName.People, Tone.Accent, "began to change all who match"),
        ["members.changed"] = new(IconName.People, Tone.Accent, "changed several people at once"),
        ["members.changeUndone"] = new(IconName.Refresh, Tone.Warning, "took back a change of several people"),
        ["members.exported"] = new(IconName.People, Tone.Warning, "exported the people of"),
        ["member.undone"] = new(IconName.Refresh, Tone.Accent, "undid what a cycle made of"),
        ["mfa.reset"] = new(IconName.Shield, Tone.Warning, "reset the second factor of"),
        ["member.sessionsEnded"] = new(IconName.Logout, Tone.Warning, "ended the sessions of"),
        ["password.reset"] = new(IconName.Key, Tone.Accent, "set a new password for"),
        ["password.set"] = new(IconName.Key, Tone.Accent, "set the password of"),
        ["passwordReset.sent"] = new(IconName.Key, Tone.Info, "sent a password reset to"),
        ["portalLink.made"] = new(IconName.Link, Tone.Warning, "made the set-up link for"),
        ["portalLink.mailed"] = new(IconName.Mail, Tone.Info, "mailed the set-up link for"),
        ["portalLink.mailRefused"] = new(IconName.Mail, Tone.Danger, "could not mail the set-up link for"),
        ["portalLink.opened"] = new(IconName.Link, Tone.Info, "began the set-up with the link for"),
        ["portalLink.revoked"] = new(IconName.Link, Tone.Danger, "revoked the set-up link for"),
        ["profile.changed"] = new(IconName.Person, Tone.Accent, "changed their own profile:"),
        ["provisioningLog.exported"] = new(IconName.Download, Tone.Warning, "exported the provisioning log of"),
        ["role.changed"] = new(IconName.Shield, Tone.Accent, "changed the role of"),
        ["rule.applied"] = new(IconName.Group, Tone.Accent, "changed by a rule what is given to"),
        ["rule.created"] = new(IconName.Group, Tone.Warning, "made the rule"),
        ["rule.changed"] = new(IconName.Group, Tone.Warning, "changed the rule"),
        ["rule.moved"] = new(IconName.Group, Tone.Warning, "put to another place the rule"),
        ["rule.deleted"] = new(IconName.Group, Tone.Danger, "deleted the rule"),
        ["rules.started"] = new(IconName.Refresh, Tone.Info, "let everybody be looked at by the rules of"),
        ["person.erased"] = new(IconName.Trash, Tone.Danger, "erased the data of"),
        ["person.exported"] = new(IconName.Download, Tone.Warning, "exported the data of"),
        ["outbox.retried"] = new(IconName.Refresh, Tone.Info, "sent again what was given up:"),
        ["operator.allowed"] = new(IconName.Shield, Tone.Warning, "let into the pages of operators"),
        ["operator.revoked"] = new(IconName.Shield, Tone.Danger, "let no more into the pages of operators"),
        ["operator.keyCreated"] = new(IconName.Key, Tone.Warning, "made the operator key"),
        ["operator.keyRevoked"] = new(IconName.Key, Tone.Danger, "revoked the operator key"),
        ["masterKey.rotated"] = new(IconName.Key, Tone.Warning, "changed the master key of"),
        ["masterKey.lost"] = new(IconName.Key, Tone.Danger, "began anew without the former master key of"),
        ["appKey.rotated"] = new(IconName.Key, Tone.Warning, "changed the keys by which apps trust"),
        ["installation.restored"] = new(IconName.Warning, Tone.Danger, "set back to a backup"),
        ["scimToken.created"] = new(IconName.Key, Tone.Warning, "made the directory token"),
        ["scimToken.revoked"] = new(IconName.Key, Tone.Danger, "revoked the directory token"),
        ["signIn.tried"] = new(IconName.Key, Tone.Info, "tried to sign in with"),
        ["terms.accepted"] = new(IconName.Check, Tone.Success, "accepted the terms of use as"),
        ["webhook.created"] = new(IconName.External, Tone.Warning, "added the webhook"),
        ["webhook.changed"] = new(IconName.External, Tone.Accent, "changed the webhook"),
        ["webhook.removed"] = new(IconName.External, Tone.Danger, "removed the webhook"),
        ["webhook.secretAdded"] = new(IconName.Key, Tone.Warning, "made a secret for the webhook"),
        ["webhook.secretRemoved"] = new(IconName.Key, Tone.Danger, "took a secret away from the webhook"),
        ["webhook.tested"] = new(IconName.External, Tone.Info, "sent a test to the webhook"),
        ["webhook.replayed"] = new(IconName.Refresh, Tone.Info, "sent events again to the webhook"),
        ["webhook.disabled"] = new(IconName.Ban, Tone.Danger, "turned off the webhook"),
        ["workspace.configured"] = new(IconName.Settings, Tone.Accent, "changed the settings of"),
        ["workspace.presetSwitched"] = new(IconName.Swap, Tone.Danger, "switched to another preset:"),
        ["workspace.logoChanged"] = new(IconName.Edit, Tone.Accent, "changed the logo of"),
        ["workspace.renamed"] = new(IconName.Edit, Tone.Accent, "renamed the {tenant}, now"),
        ["workspace.created"] = new(IconName.Home, Tone.Success, "made the {tenant}"),
    };

    /// <summary>The kinds of acts that the log can be narrowed to: what an act begins with, and the words for it.</summary>
    public static IReadOnlyList<Choice> Kinds { get; } =
    [
        new("member.", "People"),
        new("role.", "Roles"),
        new("license.", "Licenses"),
        new("invitation", "Invitations"),
        new("group.", "Groups"),
        new("password", "Passwords"),
        new("connection.", "Connections"),
        new("scimToken.", "Directory tokens"),
        new("portalLink.", "Set-up links"),
        new("apiKey.", "API keys"),
        new("webhook.", "Webhooks"),
        new("client.", "Apps"),
        new("workspace.", "Settings"),
        new("account.", "Accounts and sign-in"),
    ];

    /// <summary>What people who acted on themselves did, in words that need no name after them.</summary>
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        ["account.created"] = "made an account",
        ["account.provenAgain"] = "proved again who they are",
        ["account.signedIn"] = "signed in",
        ["invitation.accepted"] = "accepted the invitation",
        ["member.joined"] = "joined by signing in",
        ["member.linked"] = "signed in, and was known as a {person}",
        ["password.reset"] = "set a new password",
        ["password.set"] = "set a password",
        ["profile.changed"] = "changed their own profile",
        ["recoveryCode.used"] = "used a recovery code",
        ["secondFactor.proven"] = "proved the second factor",
        ["session.ended"] = "signed out",
        ["sessions.ended"] = "ended their other sessions",
        ["terms.accepted"] = "accepted the terms of use",
    };

    /// <summary>The kinds of parties that act, by the name of the kind.</summary>
    public static IReadOnlyList<Choice> Actors { get; } =
    [
        new(nameof(ActorKind.Member), "Anybody who is in"),
        new(nameof(ActorKind.Person), "A person signing in"),
        new(nameof(ActorKind.Directory), "A directory"),
        new(nameof(ActorKind.ApiKey), "An API key"),
        new(nameof(ActorKind.PortalLink), "A set-up link"),
        new(nameof(ActorKind.Operator), "The operator"),
        new(nameof(ActorKind.System), "The server itself"),
    ];

    /// <summary>The doors, by their names.</summary>
    public static IReadOnlyList<Choice> Doors { get; } = [.. Enum.GetValues<Door>().Select(d => new Choice(d.ToString(), Through(d)))];

    /// <summary>The acts that have words of their own.</summary>
    public static IReadOnlyCollection<string> Acts => Known.Keys;

    /// <summary>The words for a line; an act that has none yet is shown by its name.</summary>
    public static AuditWords For(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Refused)
        {
            var names = entry.TargetKind is "member" or "invitation";
            return new(
                IconName.Ban,
                Tone.Danger,
                $"was not allowed to {AuditRefusals.Of(entry.Act)}{(names ? ":" : "")}",
                NamesTarget: names
            );
        }

        var words = Known.GetValueOrDefault(entry.Act) ?? new(IconName.Clock, Tone.Neutral, entry.Act + ":");
        return IsOwn(entry) && Own.TryGetValue(entry.Act, out var did) ? words with { Did = did, NamesTarget = false } : words;
    }

    /// <summary>The words for a line on the page of one person: of a group's line what it says of them.</summary>
    /// <param name="entry">The line.</param>
    /// <param name="person">Their ids, as whomever they were here.</param>
    public static AuditWords About(AuditEntry entry, IReadOnlyList<Guid> person)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry is not { Act: "group.membersChanged", Refused: false } ? For(entry)
            : Names(entry.After, person) ? new(IconName.Group, Tone.Success, "put them into the group")
            : Names(entry.Before, person) ? new(IconName.Group, Tone.Warning, "took them out of the group")
            : For(entry);
    }

    /// <summary>Why, in words; null for no reason, and where the sentence says it already.</summary>
    public static string? Because(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return !entry.Refused ? entry.Reason
            : entry.Reason is "forbidden" or null ? null
            : AuditRefusals.Because(entry.Reason);
    }

    /// <summary>Through which door, for people.</summary>
    public static string Through(Door door) =>
        door switch
        {
            Door.Page => "Admin pages",
            Door.Scim => "Directory (SCIM)",
            Door.Rest => "REST API",
            Door.SignIn => "Sign-in",
            Door.CommandLine => "Command line",
            Door.None => "The server itself",
            _ => "Unknown",
        };

    private static bool Names(string? facts, IReadOnlyList<Guid> person) =>
        facts is not null && person.Any(id => facts.Contains(id.ToString("D"), StringComparison.Ordinal));

    /// <summary>Whether somebody did it to themselves: who is known by an account and acts as no member does nothing else.</summary>
    private static bool IsOwn(AuditEntry entry) =>
        entry.ActorKind == ActorKind.Person
        || (entry.ActorId is { } id && id == entry.TargetId)
        || (entry.ActorKind == ActorKind.Member && entry.ActorName == entry.TargetName);
}
