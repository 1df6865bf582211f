using System.Collections.Frozen;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// Why a directory's request was not done, and what to do about it, in words for an admin: the one place for both, by the code of the
/// refusal or the keyword of the protocol. Pages, REST, exports and the command line show these.
/// </summary>
/// <param name="Reason">Why, without the figures of the moment.</param>
/// <param name="Remedy">What to do; <c>{fallback}</c> stands for the role without a seat.</param>
public sealed record ProvisioningAdvice(string Reason, string Remedy)
{
    /// <summary>The code of <see cref="ProvisioningOutcome.Lost"/>.</summary>
    public const string LinesLost = "linesLost";

    /// <summary>The code where a group was changed and some of those who were named are not here.</summary>
    public const string UnknownMembers = "membersNotHere";

    /// <summary>The code where the directory did not wait for the answer.</summary>
    public const string ClientGone = "clientGone";

    /// <summary>The codes of requests whose sender was not recognized.</summary>
    public const string TokenMissing = "tokenMissing",
        TokenUnknown = "tokenUnknown",
        TokenExpired = "tokenExpired",
        TokenRevoked = "tokenRevoked",
        TooManyRequests = "tooManyRequests";

    private static readonly ProvisioningAdvice Value = new(
        "A value was sent that cannot be kept.",
        "Correct the value at this person in the directory, or what the attribute is mapped to; it is sent again by itself."
    );
    private static readonly ProvisioningAdvice Named = new(
        "Something was named that is not here.",
        "Correct what the directory sends, or make the thing here first."
    );
    private static readonly ProvisioningAdvice Body = new(
        "The request is not as the protocol wants it.",
        "Look at the payload and at the attribute mapping. If the directory sends it by itself, turn off strictness on the Directory page."
    );
    private static readonly ProvisioningAdvice Query = new(
        "What was asked for cannot be answered.",
        "Match people by userName, externalId or an address; look at the attribute mapping for a filter of its own making."
    );
    private static readonly ProvisioningAdvice Wait = new(
        "The server could not do it at that moment.",
        "Nothing needs to be done: the directory tries again. If it stays so, look at the server's log and its database."
    );
    private static readonly ProvisioningAdvice Other = new(
        "The server refused it.",
        "Read the sentence of the refusal. It is no usual one for a directory: tell whoever runs the server."
    );

    private static readonly FrozenDictionary<string, ProvisioningAdvice> Known = new Dictionary<string, ProvisioningAdvice>
    {
        ["userNameTaken"] = new(
            "Somebody here has this user name already.",
            "Match by userName, so that the directory finds them instead of making them anew; or rename one of the two."
        ),
        ["userNameHeld"] = new(
            "Somebody of this user name was deleted, and that is held.",
            "Decide on the held deletion here; the name is free once it is carried out, and the directory tries again by itself."
        ),
        ["groupHeld"] = new(
            "More people would leave the group than may go at once.",
            "If that is meant, let it through under What is held on the Directory page; the directory tries again by itself."
        ),
        ["groupNameTaken"] = new(
            "A group here has this name already.",
            "Rename the group in the directory, or delete or rename the one that is here."
        ),
        ["uniqueness"] = new("A value that has to be unique is taken.", "Rename one of the two in the directory."),
        ["seatsFull"] = new("No seat is free.", "Raise the seats, take one back{fallback}."),
        ["slotsFull"] = new("As many people are active as there may be.", "Raise the limit, or remove people who are not needed any more."),
        ["licensesFull"] = new("No license of that type is free.", "Raise the pool, or take the license from somebody."),
        ["trialOver"] = new("The trial is over.", "Move on to a plan; the directory tries again by itself."),
        ["full"] = new("There is no room left.", "Raise the limits, or remove people who are not needed any more."),
        ["licenseRequired"] = new("Everybody needs a license here.", "Name a license for newcomers in the settings."),
        ["lastAdmin"] = new("No admin would be left.", "Make somebody else an admin here first; the directory tries again by itself."),
        ["forbidden"] = new(
            "The directory may not do this.",
            "Look at what its token or app may do; roles and licenses are given here or by rules, not by the directory."
        ),
        ["grantCeiling"] = new(
            "That role is above what may be handed out in this way.",
            "Give the role by hand, or choose a lower one for the rule."
        ),
        ["directoryManaged"] = new("A directory manages it.", "Change it in the directory that brought it."),
        ["ruleGiven"] = new("A group rule gives it.", "Change the rule here, or in the directory what the rule goes by."),
        ["groupInUse"] = new("A group rule names the group.", "Change or remove the rule here first; the directory tries again by itself."),
        ["directoryInactive"] = new("The directory says inactive.", "Switch the person on in the directory."),
        ["removed"] = new("An admin removed the person here.", "Restore them here if they should come back."),
        ["suspended"] = new("An admin suspended the person here.", "Reactivate them here if they should come back."),
        ["alreadyMember"] = new("The person is here already.", "Nothing needs to be done; let the directory match by userName."),
        ["notFound"] = new(
            "The person or group is not here, or not any more.",
            "Provision them anew in the directory (Entra: restart provisioning for them), so that it forgets the old id."
        ),
        ["stale"] = new("Somebody else changed it in the meantime.", "Nothing needs to be done: the directory reads it anew."),
        ["busy"] = Wait,
        ["unavailable"] = Wait,
        ["fault"] = new("A fault of the server's.", "Tell whoever runs the server: its log says more at this time."),
        ["invalid"] = Value,
        ["invalidValue"] = Value,
        ["unknown"] = Named,
        ["tooMany"] = new("More was asked for than one request may have.", "Ask by a filter that an index serves, or in smaller pages."),
        ["tooLarge"] = new(
            "The body is larger than the server takes.",
            "Send fewer people of a group at once, or no photo; the operator can raise the limit for groups."
        ),
        ["addressTooLong"] = new("The address is too long.", "Send the query by POST to /.search."),
        ["mediaType"] = new("The body is not SCIM or JSON.", "Set the content type application/scim+json in the directory."),
        ["invalidFilter"] = Query,
        ["invalidCursor"] = Query,
        ["expiredCursor"] = Query,
        ["invalidCount"] = Query,
        ["sensitive"] = Query,
        ["invalidSyntax"] = Body,
        ["invalidPath"] = Body,
        ["noTarget"] = Body,
        ["invalidVers"] = new("Another version of the protocol was asked for.", "Enter the SCIM base URL of the Directory page."),
        ["mutability"] = new(
            "The attribute cannot be changed in this way.",
            "Take the attribute out of the mapping, or send a value where one has to be."
        ),
        ["noSuchAddress"] = new("There is no such address.", "Enter the SCIM base URL of the Directory page, without anything behind it."),
        ["methodNotAllowed"] = new("The address does not take that method.", "Enter the SCIM base URL of the Directory page."),
        ["notOffered"] = new("This part of the protocol is not offered.", "Nothing needs to be done if people and groups arrive."),
        ["conflict"] = new("The state of the person or group does not allow it.", "Read the sentence of the refusal."),
        [UnknownMembers] = new(
            "Some of the people who were put into the group are not here.",
            "Assign them to the app in the directory, so that it brings them before the group; then sync the group again."
        ),
        [TokenMissing] = new("No token was sent.", "Enter a token at the directory as bearer token or secret token."),
        [TokenUnknown] = new("The token is not known here.", "Make a token on the Directory page and enter it at the directory."),
        [TokenExpired] = new("The token has ended.", "Make a new token on the Directory page and enter it at the directory."),
        [TokenRevoked] = new(
            "The token was revoked.",
            "If the directory is still yours, make a new token and enter it there; else turn its provisioning off."
        ),
        [TooManyRequests] = new("More requests came than the server takes.", "Nothing needs to be done: the directory slows down."),
        [ClientGone] = new(
            "The directory hung up before the answer was made; what it asked for may have been done.",
            "Nothing needs to be done: it asks again. If it happens often, the server or the way to it is slow."
        ),
        [LinesLost] = new(
            "More requests came than could be written down; they were answered all the same.",
            "Nothing needs to be done. What they changed is in the audit log."
        ),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// Codes of acts that no directory calls. A new code stands either here or above, so that whoever adds one says which it is.
    /// </summary>
    private static readonly FrozenSet<string> OfOtherDoors = """
        accessEnded adminElsewhere alreadyInvited alreadyRunning alreadyUndone ambiguousGroup answerUsed askedAlready attributeInUse
        awaitsApproval billingOff cannotMerge
        changesRunning clientIdTaken confirmUndo connectionGone connectionNotTaken connectionThere credentialNeeded customerTaken
        decided dnsSilent domainJoinNotAllowed domainJoinOff domainNotProven domainTaken
        faultyRows fourEyesStays freeMail idempotencyInProgress idempotencyKeyReused
        idempotencyUnknown mailRefused testMailLimit
        importChanged importStarted invitationClosed invited invitedByName keyNameTaken lastSecret lastWayIn laterConnection
        laterState licenseInUse linkClosed linkDead locksYouOut loginNotLinked loginTaken mailQuota mappingRefused needsApproval
        noAddress noAdminRole noCustomer noLinks noLocalLogin noLocalPassword noOtherKey noProof noProvenName noSeatRoles
        noSecondFactor noTotp noWayIn notActive notInvited notJoined notMember notSealed nothingHeld nothingToSend nothingToUndo
        organisationNotTaken otherAccount otherSignInNeeded otherWorkspace ownMembership ownRequest ownRole passkeyCopied
        passkeyKnown passkeySecondOnly passkeyUnknown passkeyUsed passkeyWrong passwordNotTaken peopleOnly planLimit portalClosed
        programOnly providerNeeded publicClient recordMissing refused resendNotOffered reviewFinished reviewOpen roleInUse
        ruleCircle ruleGivesAdmin ruleNameTaken seatNeeded secondFactorMissing secondFactorNeeded signInAgain signInFailed slugTaken
        stillMember termsChanged termsNotAccepted
        testEnded tokenLost tokenNeeded tooManyClients tooManyCodes tooManyConnections tooManyKeys tooManyLinks
        tooManyPasskeys tooManyResets tooManyRules tooManySecrets tooManyStreams tooManyTokens tooManyWebhooks totpNotBegun
        totpSetUp twiceInFile unclear undoOver undoRunning unknownPerson waits webhookOff wrongPassword wrongProvider wrongTenant
        wrongUserName
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>All codes that have words of their own.</summary>
    public static IEnumerable<string> Codes => Known.Keys;

    /// <summary>Whether somebody has said what is to be done about a code.</summary>
    public static bool Knows(string code) => Known.ContainsKey(code) || OfOtherDoors.Contains(code) || Family(code) is not null;

    /// <summary>The words for a code; of one that no directory should meet those that hold for any.</summary>
    public static ProvisioningAdvice Of(string code) => Known.GetValueOrDefault(code) ?? Family(code) ?? Other;

    /// <summary>What to do in a workspace, with its own words.</summary>
    public string In(WorkspaceConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var fallback = configuration.Role(configuration.Join.FallbackRole) is { } role ? $", or let people join as {role.Label}" : "";
        return Remedy.Replace("{fallback}", fallback, StringComparison.Ordinal);
    }

    /// <summary>Codes that name the field or the thing: <c>invalidUserName</c>, <c>unknownRole</c>.</summary>
    private static ProvisioningAdvice? Family(string code) =>
        code.StartsWith("invalid", StringComparison.Ordinal) ? Value
        : code.StartsWith("unknown", StringComparison.Ordinal) ? Named
        : null;
}
