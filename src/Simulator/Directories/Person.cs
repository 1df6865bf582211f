using System.Globalization;

namespace UserManagement.Simulator.Directories;

/// <summary>A person as the directory wants to see them on the server at the end of the run.</summary>
public sealed class Person
{
    /// <summary>Number within the run, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The directory's own id, unique to the run.</summary>
    public required string ExternalId { get; init; }

    /// <summary>The server's id; null until it is known.</summary>
    public string? Id { get; set; }

    /// <summary>Sign-in name (user principal name).</summary>
    public required string UserName { get; set; }

    /// <summary>The shown name, in the person's own script.</summary>
    public required string DisplayName { get; set; }

    /// <summary>Given name.</summary>
    public required string GivenName { get; init; }

    /// <summary>Family name.</summary>
    public required string FamilyName { get; set; }

    /// <summary>Job title; null for directories that send none.</summary>
    public required string? Title { get; set; }

    /// <summary>Department; null for directories that send none.</summary>
    public required string? Department { get; set; }

    /// <summary>Language tag, e.g. <c>pl-PL</c>.</summary>
    public required string Language { get; init; }

    /// <summary>Town and two-letter country of the office.</summary>
    public required (string Town, string Country) Office { get; init; }

    /// <summary>Work mail; null for people without a mailbox.</summary>
    public string? WorkMail { get; set; }

    /// <summary>Mobile phone; null for none, as everybody begins.</summary>
    public string? MobilePhone { get; set; }

    /// <summary>Whether the person may sign in.</summary>
    public bool Active { get; set; } = true;

    /// <summary>True once the directory has purged the person.</summary>
    public bool Deleted { get; set; }

    /// <summary>Whom the person reports to; null for nobody.</summary>
    public Person? Manager { get; set; }

    /// <summary>Staff number.</summary>
    public string EmployeeNumber => (100_000 + Number).ToString(CultureInfo.InvariantCulture);

    /// <summary>What the server must show for an attribute.</summary>
    /// <param name="attribute">A constant of <see cref="AttributeName"/>.</param>
    /// <returns>The value as text; null when unassigned.</returns>
    public string? Read(string attribute) =>
        attribute switch
        {
            AttributeName.UserName => UserName,
            AttributeName.ExternalId => ExternalId,
            AttributeName.DisplayName => DisplayName,
            AttributeName.GivenName => GivenName,
            AttributeName.FamilyName => FamilyName,
            AttributeName.Title => Title,
            AttributeName.Department => Department,
            AttributeName.WorkMail => WorkMail,
            AttributeName.MobilePhone => MobilePhone,
            AttributeName.Active => Active ? "true" : "false",
            AttributeName.Manager => Manager?.Id,
            _ => throw new ArgumentOutOfRangeException(nameof(attribute), attribute, "Not an attribute that a run compares."),
        };

    /// <inheritdoc/>
    public override string ToString() => $"{DisplayName} ({UserName})";
}
