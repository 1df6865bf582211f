namespace UserManagement.Simulator.Directories;

/// <summary>The attributes that a run sets and afterwards compares, by the names they have in SCIM.</summary>
public static class AttributeName
{
    /// <summary><c>userName</c>.</summary>
    public const string UserName = "userName";

    /// <summary><c>externalId</c>.</summary>
    public const string ExternalId = "externalId";

    /// <summary><c>displayName</c>.</summary>
    public const string DisplayName = "displayName";

    /// <summary><c>active</c>, as <c>true</c> or <c>false</c>.</summary>
    public const string Active = "active";

    /// <summary><c>name.givenName</c>.</summary>
    public const string GivenName = "name.givenName";

    /// <summary><c>name.familyName</c>.</summary>
    public const string FamilyName = "name.familyName";

    /// <summary><c>title</c>.</summary>
    public const string Title = "title";

    /// <summary><c>department</c> of the enterprise extension.</summary>
    public const string Department = "department";

    /// <summary>The value of the work e-mail, as Entra names it in a PATCH.</summary>
    public const string WorkMail = "emails[type eq \"work\"].value";

    /// <summary>The value of the mobile phone, as Entra names it in a PATCH.</summary>
    public const string MobilePhone = "phoneNumbers[type eq \"mobile\"].value";

    /// <summary><c>manager.value</c> of the enterprise extension: an id of the server.</summary>
    public const string Manager = "manager";
}
