/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the simulator's functions are called, for scripts that make them fail. */
#include "sim/sim.h"

/* In the order of enum system_list. */
#define EACH_LIST(end)                                                                             \
    "FwpmLayer" end, "FwpmProvider" end, "FwpmSubLayer" end, "FwpmCallout" end,                    \
        "FwpmProviderContext" end, "FwpmFilter" end
static const char *const call_names[CALL_COUNT] = {
    "FwpmEngineOpen0",
    "FwpmEngineClose0",
    "FwpmEngineGetOption0",
    "FwpmEngineSetOption0",
    "FwpmNetEventSubscribe",
    "FwpmNetEventUnsubscribe0",
    "FwpmNetEventCreateEnumHandle0",
    "FwpmNetEventEnum",
    "FwpmNetEventDestroyEnumHandle0",
    "FwpmGetAppIdFromFileName0",
    EACH_LIST("CreateEnumHandle0"),
    EACH_LIST("Enum0"),
    EACH_LIST("DestroyEnumHandle0"),
    EACH_LIST("GetByKey0"),
    "FwpmFilterGetById0",
    "FwpmFilterSubscribeChanges0",
    "FwpmFilterUnsubscribeChanges0",
    "QueryDosDeviceW",
    "FindFirstVolumeW",
    "LookupAccountSidW",
    "GetSystemDirectoryW",
    "LoadLibraryExW",
    "OpenServiceW",
    "RegEnumValueW",
    "RegNotifyChangeKeyValue",
    "RegCloseKey",
    "EvtSubscribe",
    "EvtQuery",
    "EvtNext",
    "EvtRender",
    "EvtClose",
    "EvtCreateBookmark",
    "EvtUpdateBookmark",
    "EvtOpenLog",
    "EvtGetLogInfo",
    "OpenEventLogW",
    "NotifyChangeEventLog",
    "ReadEventLogW",
    "GetNumberOfEventLogRecords",
    "GetOldestEventLogRecord",
    "CloseEventLog",
    "AuditQuerySystemPolicy",
    "AuditSetSystemPolicy",
    "AuditEnumerateCategories",
    "AuditEnumerateSubCategories",
    "AuditLookupCategoryNameW",
    "AuditLookupSubCategoryNameW",
    "ReadAuditCsv",
    "RegGetValueW",
    "GetTokenInformation",
    "FwpmTransactionBegin0",
    "FwpmTransactionCommit0",
    "FwpmTransactionAbort0",
    "FwpmProviderAdd0",
    "FwpmSubLayerAdd0",
    "FwpmFilterAdd0",
    "FwpmFilterDeleteById0",
    "FwpmProviderDeleteByKey0",
    "FwpmSubLayerDeleteByKey0",
    "FwpmFilterDeleteByKey0",
    "bind",
    "listen",
    "connect",
    "send",
    "GetExtendedTcpTable",
    "GetExtendedUdpTable",
    "GetOwnerModuleFromTcpEntry",
    "QueryFullProcessImageNameW",
    "FwpmConnectionCreateEnumHandle0",
    "FwpmConnectionEnum0",
    "FwpmConnectionDestroyEnumHandle0",
};

const char *sim_call_name(enum sim_call call)
{
    return call_names[call];
}
