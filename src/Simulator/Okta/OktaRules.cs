using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.Okta;

/// <summary>What Okta relies on beyond the rules of every directory.</summary>
public static class OktaRules
{
    /// <summary>The id among the values.</summary>
    public static readonly Rule IdInValue = new(
        "O01",
        "A path-less replace of a group may carry the group's own id beside displayName.",
        "Okta sends it right after creating a group and before every change of members; an error stops the whole group push."
    );

    /// <summary>Removal by value path beside an addition.</summary>
    public static readonly Rule RemoveAndAdd = new(
        "O02",
        "One PATCH may remove members[value eq \"id\"] and add members; removing somebody who is no member is no error.",
        "Okta does not repeat a 400: the group stays as it was, and those who left keep its access."
    );

    /// <summary>Push now.</summary>
    public static readonly Rule PushNow = new(
        "O03",
        "A replace of members sets exactly the list, and an empty list empties the group.",
        "\"Push now\" reports success and the group keeps people whom Okta has taken out."
    );

    /// <summary>externalId is not unique.</summary>
    public static readonly Rule ExternalIdAgain = new(
        "O04",
        "Somebody new may carry the externalId of a deactivated person (RFC 7643 section 3.1: it is the client's own).",
        "Okta sends it when a person comes back under another name; a 409 locks the person out for good."
    );

    /// <summary>Password sync.</summary>
    public static readonly Rule PasswordSync = new(
        "O05",
        "A path-less replace of password is accepted.",
        "Password synchronisation fails for everybody, although sign-in goes through Okta."
    );

    /// <summary>Unknown member.</summary>
    public static readonly Rule UnknownMember = new(
        "O06",
        "A push that names one unknown id adds the others all the same, or is refused whole with 400.",
        "Half a push looks like a whole one: nobody learns who is missing."
    );

    /// <summary>PATCH of active without path.</summary>
    public static readonly Rule ActiveWithoutPath = new(
        "O07",
        "A path-less replace {\"active\": false} or true is accepted.",
        "Okta's catalog apps deactivate only so; leavers stay active."
    );
}
