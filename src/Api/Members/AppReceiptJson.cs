using UserManagement.Membership;
using UserManagement.Membership.Apps;

namespace UserManagement.Api.Members;

/// <summary>When an app lost its access to a person, and when it acknowledged that.</summary>
internal sealed record AppReceiptJson
{
    /// <summary>The app's client id.</summary>
    public required string App { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string AppName { get; init; }

    /// <summary>The session, which the app knows as sid.</summary>
    public required string Session { get; init; }

    /// <summary>With what it ended, by the name of the act in the audit log.</summary>
    public required string Act { get; init; }

    /// <summary>The door by which the act came: page, scim, rest, signIn, commandLine, none; null when unknown.</summary>
    public string? Through { get; init; }

    /// <summary>When: from then on no refresh and no access by reference.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>notTold (the app takes no logout tokens), waiting, acknowledged, givenUp.</summary>
    public required string State { get; init; }

    /// <summary>When the app acknowledged its logout token; null while it did not.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>Seconds from the act to that, or up to now; null for an app that is not told.</summary>
    public double? Seconds { get; init; }

    /// <summary>How often it was told.</summary>
    public required int Tries { get; init; }

    /// <summary>When it was given up; null while there is hope.</summary>
    public DateTimeOffset? GivenUpAt { get; init; }

    /// <summary>Why it did not acknowledge the last time; null when it did.</summary>
    public string? LastAnswer { get; init; }

    public static AppReceiptJson Of(AppReceipt receipt) =>
        new()
        {
            App = receipt.Ending.ClientId,
            AppName = receipt.Ending.ClientName,
            Session = receipt.Ending.SessionId.ToString(),
            Act = receipt.Act,
            Through = receipt.Through,
            EndedAt = receipt.Ending.EndedAt,
            State = receipt.State.Shown(),
            AcknowledgedAt = receipt.Ending.AcknowledgedAt,
            Seconds = receipt.Seconds,
            Tries = receipt.Ending.Tries,
            GivenUpAt = receipt.Ending.GivenUpAt,
            LastAnswer = receipt.Ending.LastAnswer,
        };
}
