using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.Entra;

/// <summary>What Entra's provisioning relies on beyond statuses, each with what goes wrong otherwise.</summary>
public static class EntraRules
{
    /// <summary>No match, no results.</summary>
    public static readonly Rule NothingFound = new(
        "E02",
        "A filter that matches nothing finds nothing.",
        "A server that ignores a filter it does not know hands out everybody, and Entra links the wrong person or stops."
    );

    /// <summary>At most one match.</summary>
    public static readonly Rule OneMatch = new(
        "E03",
        "A look-up by userName or externalId finds the one person it names.",
        "With several matches Entra stops working on the person."
    );

    /// <summary>userName is not case-exact.</summary>
    public static readonly Rule AnyCase = new(
        "E04",
        "A look-up by userName finds the person whatever the case (RFC 7643 section 4.1.1).",
        "Entra does not find the person, creates them again and meets a conflict for ever."
    );

    /// <summary>Inactive is not gone.</summary>
    public static readonly Rule InactiveReadable = new(
        "E05",
        "A disabled person is still found by look-up, with active false.",
        "Entra takes the person for deleted and creates a second one."
    );

    /// <summary>The answer to a create.</summary>
    public static readonly Rule CreatedWhole = new(
        "E06",
        "A create answers with the resource: id, and userName or displayName as sent.",
        "Without an id Entra cannot link the object."
    );

    /// <summary>Duplicates are conflicts.</summary>
    public static readonly Rule Duplicate = new(
        "E07",
        "Creating somebody who exists is answered 409 with scimType uniqueness.",
        "Any other answer makes duplicates or endless retries."
    );

    /// <summary>active obeyed.</summary>
    public static readonly Rule ActiveObeyed = new(
        "E08",
        "A PATCH of active shows in the answer as a JSON boolean, also when it was sent as the text \"False\" or \"True\".",
        "Leavers keep their access although the server said 200."
    );

    /// <summary>Gone is gone.</summary>
    public static readonly Rule DeletedGone = new(
        "E09",
        "After a DELETE the resource answers 404 and no filter finds it.",
        "Entra never learns that the person is gone, and a re-hire meets a ghost."
    );

    /// <summary>The reference probe.</summary>
    public static readonly Rule ReferenceProbe = new(
        "E10",
        "The probe \"id eq x and manager eq y\" (for groups: members) finds the object exactly when the reference is set.",
        "Entra leaves references out or sends them in every cycle."
    );

    /// <summary>Manager's form in answers.</summary>
    public static readonly Rule ManagerObject = new(
        "E11",
        "The manager is written as an object with value.",
        "Entra cannot read the person any more: unable to deserialize the resource."
    );

    /// <summary>excludedAttributes obeyed.</summary>
    public static readonly Rule MembersExcluded = new(
        "E12",
        "excludedAttributes=members leaves the members out.",
        "Reading a large group takes minutes or fails."
    );
}
