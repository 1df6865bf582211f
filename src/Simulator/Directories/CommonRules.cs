using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.Directories;

/// <summary>Rules that every directory relies on, each with what goes wrong otherwise.</summary>
public static class CommonRules
{
    /// <summary>Paging.</summary>
    public static readonly Rule Paging = new(
        "S01",
        "Paging with startIndex and count shows every resource once and agrees with totalResults.",
        "People are missed or handled twice."
    );

    /// <summary>The shape of every list.</summary>
    public static readonly Rule ListForm = new(
        "S02",
        "A look-up is answered with a ListResponse that has totalResults and a Resources array, empty ones included.",
        "The connection test fails; Entra puts the job into quarantine, Okta refuses to save the credentials."
    );

    /// <summary>Numbers of a page.</summary>
    public static readonly Rule Counts = new(
        "S03",
        "totalResults is never below the number of resources shown, and itemsPerPage is that number.",
        "An import stops too early or never ends."
    );

    /// <summary>Filters.</summary>
    public static readonly Rule FilterObeyed = new(
        "S04",
        "A filter that matches nothing finds nothing.",
        "A server that ignores a filter hands out everybody, and the directory links the wrong person or stops."
    );

    /// <summary>The look-up before each create.</summary>
    public static readonly Rule FoundByUserName = new(
        "S05",
        "A look-up by userName finds the one person it names.",
        "Nobody found: the person is created again. Several found: the directory stops working on the person."
    );

    /// <summary>userName is not case-exact.</summary>
    public static readonly Rule AnyCase = new(
        "S06",
        "A look-up by userName finds the person whatever the case (RFC 7643 section 4.1.1).",
        "The person is not found, created again, and meets a conflict for ever."
    );

    /// <summary>The answer to a create.</summary>
    public static readonly Rule Created = new(
        "S07",
        "A create is answered 201 with the resource and its id (RFC 7644 section 3.3).",
        "The directory cannot link the object; Okta reports an empty user and stops."
    );

    /// <summary>The address of what was created.</summary>
    public static readonly Rule Location = new(
        "S08",
        "A create tells the resource's address in Location, equal to meta.location (RFC 7644 section 3.3).",
        "A client that follows Location loses the object right after it made it."
    );

    /// <summary>Duplicates are conflicts.</summary>
    public static readonly Rule Duplicate = new(
        "S09",
        "Creating somebody who exists is answered 409 with scimType uniqueness.",
        "Any other answer makes duplicates or endless retries."
    );

    /// <summary>Error body.</summary>
    public static readonly Rule ErrorForm = new(
        "S10",
        "An error carries the SCIM Error schema and its status as text (RFC 7644 section 3.12).",
        "The administrator sees no reason in the provisioning log; Okta's acceptance test fails."
    );

    /// <summary>Every resource says what it is.</summary>
    public static readonly Rule ResourceForm = new(
        "S11",
        "Every resource, also inside a list, carries its schemas and its id.",
        "SailPoint and others call the application not SCIM 2.0 compliant; strict readers drop the resource."
    );

    /// <summary>Media type.</summary>
    public static readonly Rule MediaType = new(
        "S12",
        "A body comes as application/scim+json (RFC 7644 section 3.1), an error as well.",
        "The client does not read the body: a page of HTML is no answer."
    );

    /// <summary>Passwords stay inside.</summary>
    public static readonly Rule NoPassword = new(
        "S13",
        "A password is never part of an answer (RFC 7643 section 4.1.1).",
        "Whoever may read the directory, or its logs, reads passwords."
    );

    /// <summary>Inactive is not gone.</summary>
    public static readonly Rule InactiveReadable = new(
        "S14",
        "A deactivated person is still read by id and found by userName, with active false.",
        "The directory takes the person for deleted and creates a second one."
    );

    /// <summary>active obeyed.</summary>
    public static readonly Rule ActiveObeyed = new(
        "S15",
        "After active was set, the person shows it as a JSON boolean.",
        "Leavers keep their access although the server said 200, or those who come back stay shut out."
    );

    /// <summary>PUT replaces, and keeps the rest.</summary>
    public static readonly Rule PutShown = new(
        "S16",
        "A PUT answers 200 with the person as sent; the id stays, and what the server alone decides is not an error.",
        "Changes are lost although they were acknowledged, or the same change is sent for ever."
    );

    /// <summary>Memberships are not part of a person's PUT.</summary>
    public static readonly Rule MembersKept = new(
        "S17",
        "A group keeps every member that no request has named.",
        "People lose what the group opens, one change at a time, and nobody notices."
    );

    /// <summary>Members in.</summary>
    public static readonly Rule MembersSet = new(
        "S18",
        "After members were added, removed or replaced, the group shows exactly that.",
        "Access by group is wrong although the directory says it is right."
    );

    /// <summary>Gone is gone.</summary>
    public static readonly Rule DeletedGone = new(
        "S19",
        "After a DELETE, answered 204, the resource answers 404 and no filter finds it.",
        "The directory never learns that it is gone, and a re-hire meets a ghost."
    );

    /// <summary>Unknown id.</summary>
    public static readonly Rule UnknownIs404 = new(
        "S20",
        "Reading an id that nobody has is answered 404.",
        "The directory takes somebody else for the person, or stops."
    );

    /// <summary>Wrong token.</summary>
    public static readonly Rule TokenChecked = new(
        "S21",
        "A wrong token is answered 401.",
        "Anybody can read and write the directory; or the administrator never learns that the token has run out."
    );

    /// <summary>Groups by name.</summary>
    public static readonly Rule GroupByName = new(
        "S22",
        "A look-up by displayName finds the one group it names.",
        "The group is created twice, or its push stops."
    );

    /// <summary>Beyond the end.</summary>
    public static readonly Rule BeyondEnd = new(
        "S23",
        "startIndex counts from 1; beyond the end the answer is 200 without resources and itemsPerPage 0.",
        "An import reads somebody twice, leaves the first one out or never ends."
    );
}
