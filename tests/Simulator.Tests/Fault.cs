namespace UserManagement.Simulator.Tests;

/// <summary>Ways in which a server can be wrong.</summary>
[Flags]
public enum Fault : long
{
    None = 0,

    /// <summary>PATCH of active with "False" answers 200 and does nothing.</summary>
    IgnoresActiveText = 1,

    /// <summary>A removal of members with a list takes all out.</summary>
    EmptiesGroupOnRemove = 1 << 1,

    /// <summary>userName is compared with case.</summary>
    CaseSensitiveFilter = 1 << 2,

    /// <summary>A filter on an attribute other than the names finds everybody.</summary>
    UnknownFilterFindsAll = 1 << 3,

    /// <summary>DELETE answers 204 and leaves the resource.</summary>
    DeletedStays = 1 << 4,

    /// <summary>500 now and then.</summary>
    SometimesFails = 1 << 5,

    /// <summary>Does a POST and cuts the connection.</summary>
    DropsAfterPost = 1 << 6,

    /// <summary>429 or 503 now and then.</summary>
    BusyAtTimes = 1 << 7,

    /// <summary>PATCH answers 204 and does nothing.</summary>
    ForgetsPatches = 1 << 8,

    /// <summary>A second person of the same userName is made.</summary>
    AcceptsDuplicates = 1 << 9,

    /// <summary>Does a DELETE and cuts the connection.</summary>
    DropsAfterDelete = 1 << 10,

    /// <summary>Every filter finds everybody.</summary>
    IgnoresFilter = 1 << 12,

    /// <summary>Every filter is a 400.</summary>
    RefusesFilter = 1 << 13,

    /// <summary>totalResults is one too many.</summary>
    WrongTotal = 1 << 14,

    /// <summary>A create answers 200.</summary>
    Creates200 = 1 << 15,

    /// <summary>A create answers without Location.</summary>
    NoLocation = 1 << 16,

    /// <summary>A deactivated person answers 404.</summary>
    HidesInactive = 1 << 17,

    /// <summary>An add of members replaces those who were there.</summary>
    AddReplacesMembers = 1 << 18,

    /// <summary>Resources come without schemas.</summary>
    NoSchemas = 1 << 19,

    /// <summary>Errors have no body.</summary>
    BareErrors = 1 << 20,

    /// <summary>startIndex counts from 0.</summary>
    ZeroBased = 1 << 21,

    /// <summary>PUT keeps what is not in the body of the request and shows the old values.</summary>
    ForgetsPuts = 1 << 22,

    /// <summary>PUT answers 400 when id, meta or groups are in the body.</summary>
    PutRefusesReadOnly = 1 << 23,

    /// <summary>PUT of a person takes the person out of all groups.</summary>
    PutLosesMemberships = 1 << 24,

    /// <summary>PUT answers without id.</summary>
    PutLosesId = 1 << 25,

    /// <summary>Passwords are shown.</summary>
    ShowsPassword = 1 << 26,

    /// <summary>id among the values of a PATCH is a 400.</summary>
    RefusesIdInValue = 1 << 27,

    /// <summary>A replace of members by an empty list does nothing.</summary>
    IgnoresEmptyMembers = 1 << 28,

    /// <summary>externalId is unique.</summary>
    UniqueExternalId = 1 << 29,

    /// <summary>itemsPerPage is what was asked for.</summary>
    ItemsPerPageAsAsked = 1 << 30,

    /// <summary>Errors are pages of HTML.</summary>
    HtmlErrors = 1L << 31,

    /// <summary>Any token will do.</summary>
    AnyToken = 1L << 32,

    /// <summary>An unknown schema is a 400.</summary>
    RefusesUnknownSchema = 1L << 33,

    /// <summary>A list ends after three, and says so in totalResults.</summary>
    ListsThree = 1L << 34,

    /// <summary>A path-less PATCH is a 400.</summary>
    WantsPath = 1L << 35,

    /// <summary>One unknown id and none of the others is added, with 204.</summary>
    DropsPushWithUnknown = 1L << 36,

    /// <summary>active is shown as text.</summary>
    ActiveAsText = 1L << 37,

    /// <summary>A list without match has no Resources.</summary>
    NoResourcesWhenEmpty = 1L << 38,

    /// <summary>A list without match is a 404.</summary>
    EmptyIs404 = 1L << 39,

    /// <summary>A group that would be emptied is held: 503 with Retry-After.</summary>
    HoldsGroups = 1L << 40,

    /// <summary>A group that would be emptied loses half of its members, and a 503 comes.</summary>
    HalfEmpties = 1L << 41,

    /// <summary>A change may take a name that somebody has.</summary>
    SharesNames = 1L << 42,

    /// <summary>A change may take the name away.</summary>
    LosesNames = 1L << 43,

    /// <summary>What is refused is half done.</summary>
    RefusesHalf = 1L << 44,

    /// <summary>Nobody is deactivated, although the answer says so.</summary>
    KeepsLeavers = 1L << 45,

    /// <summary>An old name still finds the person.</summary>
    FindsOldNames = 1L << 46,
}
