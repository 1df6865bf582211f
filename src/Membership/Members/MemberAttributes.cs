namespace UserManagement.Membership.Members;

/// <summary>
/// What a directory says about a person: the part of a SCIM User that the core reads, and the rest as a document. Names and
/// addresses are cleaned as they come in: nobody is refused for a tab in a name, and nobody is two for what nobody sees.
/// </summary>
public sealed record MemberAttributes
{
    /// <summary>The user name, unique in the workspace without regard to case.</summary>
    public required string UserName
    {
        get;
        init => field = Key.Identifier(value);
    }

    /// <summary>
    /// The user name as the directory sent it, where a mapping makes another one of it; null where it is the user name.
    /// </summary>
    public string? SentUserName
    {
        get;
        init => field = value is null ? null : Key.Identifier(value);
    }

    /// <summary>The directory's own id; opaque. Null for none.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Whether the directory lets the person in.</summary>
    public bool Active { get; init; } = true;

    /// <summary>The name to show; null for none.</summary>
    public string? DisplayName
    {
        get;
        init => field = Key.Shown(value);
    }

    /// <summary>First name; null for none.</summary>
    public string? GivenName
    {
        get;
        init => field = Key.Shown(value);
    }

    /// <summary>Last name; null for none.</summary>
    public string? FamilyName
    {
        get;
        init => field = Key.Shown(value);
    }

    /// <summary>The primary mail address; null for none.</summary>
    public string? Email
    {
        get;
        init => field = Key.Shown(Key.Identifier(value));
    }

    /// <summary>Everything else as JSON, kept and never read by the core; null for nothing.</summary>
    public string? Document { get; init; }

    /// <summary>What the door lets the person be found by: addresses, manager.</summary>
    public IReadOnlyList<FindableBy> Keys { get; init; } = [];

    /// <summary>
    /// What the directory sent beside it and nobody keeps: attribute and reason, never a value. The act's audit line tells it.
    /// </summary>
    public IReadOnlyList<string> PassedOver { get; init; } = [];

    /// <summary>The facts of a member as they are now; the keys are the door's to add.</summary>
    public static MemberAttributes Of(Member member) =>
        new()
        {
            UserName = member.UserName,
            SentUserName = member.SentUserName,
            ExternalId = member.ExternalId,
            Active = member.ShownActive(),
            DisplayName = member.DisplayName,
            GivenName = member.GivenName,
            FamilyName = member.FamilyName,
            Email = member.Email,
            Document = member.Document,
        };

    /// <summary>Checks what the core reads.</summary>
    /// <returns>Null when all is good.</returns>
    internal Refusal? Check() =>
        Key.Check("userName", UserName)
        ?? Key.Check("userName", SentUserName, required: false)
        ?? Key.Check("externalId", ExternalId, required: false)
        ?? Key.Check("displayName", DisplayName, required: false)
        ?? Key.Check("name.givenName", GivenName, required: false)
        ?? Key.Check("name.familyName", FamilyName, required: false)
        ?? Key.Check("emails", Email, required: false)
        ?? (
            Keys.Any(k => k.Value.Length > Key.MaxLength)
                ? Refusal.Invalid("emails", $"A value is longer than {Key.MaxLength} characters.")
                : null
        );
}
